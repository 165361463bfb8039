import { expectInteger, MoeError } from '@tfjs-moe/core';
import { atomNumbers, gateTraits, type MixingMeasure, withAtoms, withChanged } from '@tfjs-moe/measures';
import { expectTruth, type SequenceMember } from './counterexample.ts';
import { expertBias } from './names.ts';

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
  if (
    form?.type !== 'hierarchical' ||
    form.outer.type === 'hierarchical' ||
    form.inner.type === 'hierarchical'
  ) {
    throw new MoeError('theoremSix', 'the gate must be hierarchical, with two levels', truth.gate.kind);
  }
  const { groups } = form;
  const { bias: outerBias = 'outer/bias' } = form.outer;
  const { bias: innerBias = 'inner/bias' } = form.inner;
  const members = truth.experts / groups;
  const sources = Array.from({ length: truth.experts }, (_, e) => e);
  let other = withAtoms(
    truth,
    sources.flatMap((e) => (e % members === 0 ? [e, e] : [e])),
  );
  for (let group = 0; group < groups; group++) {
    for (const place of [0, 1]) {
      const atom = group * (members + 1) + place;
      other = withChanged(other, 'gate', innerBias, atom, (value) => value - Math.LN2);
      const shift = group > 0 ? 0 : place === 0 ? 1 / n : -1 / n;
      other = withChanged(other, 'expert', expertBias(truth), atom, (value) => value + shift);
    }
  }
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
