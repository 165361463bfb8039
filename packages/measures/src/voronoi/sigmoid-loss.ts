import type { MixingMeasure } from '../measure/mixing-measure.ts';
import { softmaxAtoms } from './atoms.ts';
import { expertTerms } from './expert-terms.ts';
import type { FormPair, SigmoidFamily } from './family.ts';
import { copied, type FoundLoss } from './flat-loss.ts';
import type { LossTerms } from './loss-names.ts';
import { cellsOf, nearest, type Pair, pairCost, pairOf } from './pairs.ts';
import { softmaxLevel } from './softmax-level.ts';

/**
 * The losses of a sigmoid gate, which has no gauge: its weights change with every parameter.
 *
 * $D_1 = \sum_{|A_j| > 1} \bigl|\sum_{i \in A_j} \sigma(\beta_{0i}) - \sigma(\beta^*_{0j})\bigr| + \sum_{i \in A_j}
 * [\lVert\Delta\beta_{1}\rVert^2 + \lVert\Delta\eta\rVert^2]$ and $\sum_{|A_j| = 1} |\Delta\beta_0| + \lVert\Delta\beta_1\rVert +
 * \lVert\Delta\eta\rVert$; $D_{2,r}$ and $D_3$ are the latter over all cells, to the power r or 1. Atoms are not weighed.
 *
 * The papers' sums pass over a true atom that no fitted one is near. Here it costs its $\sigma(\beta^*_{0j})$, so that a loss
 * of 0 means equal measures for fits with fewer atoms too.
 */
export function sigmoidLoss(
  fitted: MixingMeasure,
  truth: MixingMeasure,
  forms: FormPair<SigmoidFamily>,
  terms: LossTerms,
  sumsMasses: boolean,
): FoundLoss {
  const copies = {
    fitted: { first: 0, count: fitted.experts },
    truth: { first: 0, count: truth.experts },
  };
  const ours = softmaxAtoms(fitted, softmaxLevel(fitted, forms.fitted.form), copies.fitted);
  const theirs = softmaxAtoms(truth, softmaxLevel(truth, forms.truth.form), copies.truth);
  const between = expertTerms(fitted, truth, terms, copies);
  const gate = (atoms: typeof ours, i: number) => [...atoms.shifted[i]!, ...atoms.fixed[i]!];
  const pairs = ours.logMasses.map((_, i) =>
    theirs.logMasses.map((__, j): Pair => {
      const reference = gate(theirs, j);
      const residual = gate(ours, i).map((value, d) => value - reference[d]!);
      return pairOf([{ residual, exponent: terms.gate }, ...between(i, j)]);
    }),
  );
  const cells = cellsOf(nearest(pairs, []), truth.experts);
  let value = 0;
  cells.forEach((cell, j) => {
    const bias = theirs.logMasses[j]!;
    const mass = cell.reduce((sum, i) => sum + logistic(ours.logMasses[i]!), 0);
    const isShared = sumsMasses && cell.length > 1;
    if (isShared || cell.length === 0) value += Math.abs(mass - logistic(bias));
    for (const i of cell) {
      value += pairCost(pairs[i]![j]!, [], cell.length);
      if (!isShared) value += Math.abs(ours.logMasses[i]! - bias) ** terms.gate(cell.length);
    }
  });
  return { value, cells, gateParams: copied(fitted), isSaturated: false };
}

function logistic(z: number): number {
  return 1 / (1 + Math.exp(-z));
}
