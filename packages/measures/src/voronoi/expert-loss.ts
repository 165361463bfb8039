import type { MixingMeasure } from '../measure/mixing-measure.ts';
import { expertTerms } from './expert-terms.ts';
import { copied, type FoundLoss } from './flat-loss.ts';
import type { LossTerms } from './loss-names.ts';
import { cellsOf, nearest, pairCost, pairOf } from './pairs.ts';

/**
 * How far the true experts are from the fitted ones, whatever the gates are:
 * $\sum_j \min_i \lVert \eta_i - \eta^*_j \rVert$.
 *
 * Losses of gates with different parameters cannot be compared, those of their experts can. Every true expert counts by
 * the fitted one that comes closest: an atom that is not needed may end anywhere, with a weight that vanishes or an
 * expert that does.
 */
export function expertLoss(fitted: MixingMeasure, truth: MixingMeasure, terms: LossTerms): FoundLoss {
  const copies = {
    fitted: { first: 0, count: fitted.experts },
    truth: { first: 0, count: truth.experts },
  };
  const between = expertTerms(fitted, truth, terms, copies);
  const atoms = (count: number) => Array.from({ length: count }, (_, index) => index);
  const pairs = atoms(fitted.experts).map((i) => atoms(truth.experts).map((j) => pairOf(between(i, j))));
  const value = atoms(truth.experts).reduce(
    (sum, j) => sum + Math.min(...pairs.map((row) => pairCost(row[j]!, [], 1))),
    0,
  );
  return {
    value,
    cells: cellsOf(nearest(pairs, []), truth.experts),
    gateParams: copied(fitted),
    isSaturated: false,
  };
}
