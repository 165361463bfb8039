import { MoeError } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { emPass } from '../passes/em-pass.ts';
import type { Evaluate } from '../passes/mixture-rows.ts';
import { boundedPlaces, type Problem } from '../problem/problem.ts';
import { intoBounds } from './limits.ts';

/**
 * The point of a measure, in the problem's own gauge. A dispersion that is smaller or larger than is allowed stands at the wall,
 * and where the measure has none it is that of the response.
 */
export function pointOf(problem: Problem, measure: MixingMeasure): Float64Array {
  const { layout, coordinates } = problem;
  const at = coordinates.fromNumbers(layout.numbersOf(measure));
  if ((measure.dispersions ?? measure.covariances) === undefined)
    for (const place of boundedPlaces(problem)) at[place] = 0;
  return intoBounds(problem, at);
}

/**
 * Refuses a point from which nothing can be climbed: outside of the constraints of gate or expert, or where some row has no
 * probability.
 * @throws MoeError
 */
export function expectClimbable(who: string, problem: Problem, evaluate: Evaluate, at: Float64Array): void {
  if (!problem.isAllowed(at))
    throw new MoeError(
      who,
      'initial: measure must lie inside the constraints of gate and expert',
      problem.layout.measureAt(problem.coordinates.toNumbers(at)).gateParams,
    );
  const { value, gate, experts } = emPass(problem, evaluate, at);
  const sums = [gate, ...experts].flatMap(({ gradient, information }) => [gradient, information]);
  if (Number.isFinite(value) && sums.every((each) => each.every(Number.isFinite))) return;
  throw new MoeError(
    who,
    'initial: measure must give a probability to every row; its log-likelihood is beyond all numbers',
    value,
  );
}
