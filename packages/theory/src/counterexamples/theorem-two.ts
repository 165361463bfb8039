import { expectInteger } from '@tfjs-moe/core';
import { atomNumbers, type MixingMeasure, withChanged } from '@tfjs-moe/measures';
import { biasSplit } from './bias-split.ts';
import { expectTruth, type SequenceMember } from './counterexample.ts';
import { gateNames } from './names.ts';

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
  expectTruth('theoremTwo', truth, options, ['n', 'r', 'atom']);
  const { n, r, atom = 0 } = options;
  expectInteger('theoremTwo', 'n', n, { min: 1 });
  expectInteger('theoremTwo', 'r', r, { min: 1 });
  let { other } = biasSplit(truth, { atom, shift: 1 / n });
  const { bias } = gateNames(truth);
  const mass = Math.exp(atomNumbers(truth, 'gate', bias, atom)[0]!);
  const extra = n ** -(r + 1);
  for (const place of [atom, atom + 1])
    other = withChanged(other, 'gate', bias, place, () => Math.log(mass / 2 + extra / 2));
  return {
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
}
