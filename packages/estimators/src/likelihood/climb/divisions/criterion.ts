import { type Problem, smallestSize } from '../../problem/problem.ts';

/**
 * What groups of rows with experts of their own cost: minus their log-likelihood, up to what is the same of all
 * divisions, or with one variance for all their squares. Infinite of a group that a fit would call degenerate.
 */
export interface Criterion {
  /** Of one group; the costs of groups add up. */
  cost(misfit: number, weight: number): number;
  /**
   * The log-likelihood of a division with this sum of costs and the gate's weights 0 and 1. Infinite, because it is not known,
   * where squares on the scale of the outputs stand for another law.
   */
  logLikelihood(costs: number): number;
}

const HALF_LOG_TWO_PI = 0.9189385332046728;

export function criterionOf(problem: Problem): Criterion {
  const { family, coordinates, data, dispersionBounds, layout, logScale } = problem;
  const { totalWeight } = data;
  const least = smallestSize(problem);
  const sum = (misfit: number, weight: number) => (weight < least ? Infinity : misfit);
  if (family.isClass === true) return { cost: sum, logLikelihood: (costs) => -costs };
  if (family.isLeastSquares !== true) return { cost: ofSquares(least, 0), logLikelihood: () => Infinity };
  const { units = 1 } = layout.shape;
  const constant = logScale - totalWeight * units * (HALF_LOG_TWO_PI + 0.5);
  if (units > 1) {
    // What a misfit says of several responses is a determinant, which does not add up to that of all.
    const isCommon = layout.entries.at(-1)!.copies < layout.shape.experts;
    return { cost: ofSquares(least, 0), logLikelihood: (costs) => (isCommon ? Infinity : constant - costs) };
  }
  const floor = Math.exp(2 * (dispersionBounds[0]!.low + 1e-9));
  if (coordinates.noises === 1) {
    return {
      cost: sum,
      logLikelihood: (costs) => {
        const variance = costs / totalWeight;
        return variance > floor ? constant - 0.5 * totalWeight * Math.log(variance) : -Infinity;
      },
    };
  }
  return { cost: ofSquares(least, floor), logLikelihood: (costs) => constant - costs };
}

/** Of squares with a variance of their own. */
function ofSquares(least: number, floor: number): Criterion['cost'] {
  return (misfit, weight) =>
    weight < least || misfit / weight <= floor ? Infinity : 0.5 * weight * Math.log(misfit / weight);
}
