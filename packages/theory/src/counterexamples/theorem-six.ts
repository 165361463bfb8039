import { expectInteger, MoeError } from '@tfjs-moe/core';
import { atomNumbers, gateTraits, type MixingMeasure } from '@tfjs-moe/measures';
import { isPlainSoftmax } from '../mixture/covered-form.ts';
import { biasSplit } from './bias-split.ts';
import { expectTruth, type SequenceMember } from './counterexample.ts';

/** Options of `theoremSix`. */
export interface TheoremSixOptions {
  readonly n: number;
  /** The exponent of the loss. */
  readonly r: number;
}

/**
 * The sequence behind Theorem 6, for linear experts under a hierarchical softmax: the first expert of the first group
 * split into $b \pm 1/n$ with half its mass each. So that groups stay of one size, the first expert of every other group
 * is doubled where it is, which changes no measure.
 *
 * The functions are equal for every n, while $D_{6,r} = e^{b_1 + \beta_{1|1}}\,n^{-r}$.
 */
export function theoremSix(truth: MixingMeasure, options: TheoremSixOptions): SequenceMember {
  expectTruth('theoremSix', truth, options, ['n', 'r']);
  const { n, r } = options;
  expectInteger('theoremSix', 'n', n, { min: 1 });
  expectInteger('theoremSix', 'r', r, { min: 1 });
  const { form } = gateTraits(truth.gate, truth.experts);
  if (form?.type !== 'hierarchical' || !isPlainSoftmax(form.outer) || !isPlainSoftmax(form.inner)) {
    throw new MoeError(
      'theoremSix',
      'the gate must be hierarchical, with two levels of softmaxes',
      truth.gate.kind,
    );
  }
  const { bias: outerBias } = form.outer;
  const { bias: innerBias } = form.inner;
  if (outerBias === undefined || innerBias === undefined) {
    throw new MoeError('theoremSix', 'both levels must have a bias', truth.gate.kind);
  }
  const { other } = biasSplit(truth, { shift: 1 / n });
  const outer = truth.gateParams[outerBias]?.[0] ?? 0;
  const inner = atomNumbers(truth, 'gate', innerBias, 0)[0]!;
  return {
    name: `Theorem 6, n = ${n}, r = ${r}`,
    statement:
      'over-specified linear experts under a hierarchical softmax are estimated at no polynomial rate',
    latex: 'f_{G_n} = f_{G_*},\\quad \\mathcal D_{6,r}(G_n, G_*) \\asymp n^{-r}',
    source: 'Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, Theorem 6, equations (29) and (30)',
    truth,
    other,
    n,
    r,
    loss: Math.exp(outer + inner) * n ** -r,
  };
}
