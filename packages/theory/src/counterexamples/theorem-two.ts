import { expectInteger, MoeError } from '@tfjs-moe/core';
import {
  atomNumbers,
  evaluated,
  gateTraits,
  type MixingMeasure,
  predict,
  withChanged,
} from '@tfjs-moe/measures';
import { isPlainSoftmax } from '../mixture/covered-form.ts';
import { biasSplit } from './bias-split.ts';
import { checked } from './checked.ts';
import { expectAtom, expectTruth, type SequenceMember } from './counterexample.ts';

/** Options of `theoremTwo`. */
export interface TheoremTwoOptions {
  readonly n: number;
  /** The exponent of the loss. */
  readonly r: number;
  /** Which atom is split. Default 0. */
  readonly atom?: number;
}

/**
 * The sequence behind Theorem 2, for linear experts under a softmax gate: the truth with one atom split into
 * $b \pm 1/n$, each with mass $\tfrac12 e^{\beta_0} + 1/(2n^{r+1})$.
 *
 * $D_{2,r} = n^{-(r+1)} + (e^{\beta_0} + n^{-(r+1)})\,n^{-r}$ while the functions differ by $O(n^{-(r+1)})$: the ratio
 * falls like 1/n for every r, so no power of the loss is bounded by the distance of the functions.
 */
export function theoremTwo(truth: MixingMeasure, options: TheoremTwoOptions): SequenceMember {
  const who = 'theoremTwo';
  expectTruth(who, truth, options, ['n', 'r', 'atom']);
  const { n, r, atom = 0 } = options;
  expectInteger(who, 'n', n, { min: 1 });
  expectInteger(who, 'r', r, { min: 1 });
  expectAtom(who, truth, atom);
  const { form } = gateTraits(truth.gate, truth.experts);
  if (form === undefined || !isPlainSoftmax(form) || form.bias === undefined) {
    throw new MoeError(who, 'the gate must be a softmax with a bias', truth.gate.kind);
  }
  const { bias } = form;
  let { other } = biasSplit(truth, { atom, shift: 1 / n });
  const mass = Math.exp(atomNumbers(truth, 'gate', bias, atom)[0]!);
  const extra = n ** -(r + 1);
  for (const place of [atom, atom + 1])
    other = withChanged(other, 'gate', bias, place, () => Math.log(mass / 2 + extra / 2));
  const member: SequenceMember = {
    name: `Theorem 2, n = ${n}, r = ${r}`,
    statement: 'over-specified linear experts under a softmax gate are estimated at no polynomial rate',
    latex: '\\lVert f_{G_n} - f_{G_*}\\rVert / \\mathcal D_{2,r}(G_n, G_*) = O(1/n)',
    source:
      'Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, Theorem 2, equations (10), (11) and (48) to (51)',
    truth,
    other,
    n,
    r,
    loss: extra + (mass + extra) * n ** -r,
  };
  // The atom weighs more by extra / mass, in a softmax: its distance from the function, by as much of its weight, at most.
  return checked(who, member, [atom], (rows) => {
    const { weights, outputs } = evaluated(who, truth, rows, 'both');
    const values = predict(truth, rows);
    const { experts, units = 1 } = truth;
    return (i) => {
      const own = i * experts + atom;
      const distances = Array.from({ length: units }, (_, u) =>
        Math.abs(outputs[own * units + u]! - values[i * units + u]!),
      );
      return (extra / mass) * weights[own]! * Math.max(...distances);
    };
  });
}
