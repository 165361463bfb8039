import type { Evaluate } from '../passes/mixture-rows.ts';
import { logLikelihoodAt } from '../passes/value-pass.ts';
import { FREE } from '../problem/penalty/penalty.ts';
import type { Problem } from '../problem/problem.ts';
import {
  type Ascent,
  advanced,
  ascentOf,
  type Climb,
  type ClimbOptions,
  ended,
  iterationsOf,
  type Progress,
} from './ascent.ts';
import { firstRound, nextRound, resumed } from './em-round.ts';
import { CLOSE, pointOn, withinBounds } from './limits.ts';
import { newtonStep } from './solve.ts';

/** EM gain per unit of weight below which the coefficients that are 0 are likely to stay so. */
const SMALL_GAIN = 1e-5;
const MOST_NEWTON = 30;
const SHORTEST = 1e-4;

/**
 * A climb where the penalty has kinks: EM, whose steps end at coefficients that are 0, then Newton's method among the others,
 * with the signs that they have, until the gradient vanishes and no coefficient that is 0 would rise by more than its
 * penalty: the conditions of Karush, Kuhn and Tucker. Never downwards.
 */
export function climbLasso(
  problem: Problem,
  evaluate: Evaluate,
  start: Float64Array,
  options: ClimbOptions,
): Climb {
  const weight = problem.data.totalWeight;
  const ascent = ascentOf(problem, evaluate, options);
  let em = firstRound(ascent, start);
  while (iterationsOf(em.progress) < options.maxIterations) {
    em = nextRound(ascent, em);
    const { gain, sums } = em;
    if (gain > SMALL_GAIN * weight) continue;
    const before = em.progress.newtonIterations;
    const { progress, isAtMaximum } = amongOthers(ascent, em.progress);
    if (isAtMaximum) return ended(progress, 'gradient');
    const isAtRest = gain <= 1e-14 * (Math.abs(sums.value) + weight);
    if (isAtRest && progress.newtonIterations === before)
      return ended(progress, progress.gradientNorm <= CLOSE ? 'rounding' : 'stalled');
    em = resumed(ascent, em, progress);
  }
  return ended(em.progress, 'iterations');
}

/** Newton's iterations among the coefficients that are not 0, as far as they lead upwards. */
function amongOthers(
  ascent: Ascent,
  from: Progress,
): { readonly progress: Progress; readonly isAtMaximum: boolean } {
  const { problem, evaluate, options } = ascent;
  const { owners } = problem.penalty!;
  let progress = from;
  for (let round = 0; round < MOST_NEWTON && iterationsOf(progress) < options.maxIterations; round++) {
    const { at } = progress;
    const whole = ascent.differentiate(at);
    const { gradient, hessian } = withinBounds(problem, at, whole);
    const moving = [...at.keys()].filter((j) => owners[j] === FREE || at[j] !== 0);
    const part = newtonStep(
      Float64Array.from(
        moving.flatMap((j) => moving.map((i) => hessian[Math.max(i, j) + Math.min(i, j) * at.length]!)),
      ),
      Float64Array.from(moving, (j) => gradient[j]!),
    );
    progress = { ...progress, gradientNorm: part.distance };
    if (part.distance <= options.tolerance)
      return { progress, isAtMaximum: part.concave && staysZero(problem, at, gradient) };
    if (!part.concave) return { progress, isAtMaximum: false };
    const step = new Float64Array(at.length);
    moving.forEach((j, k) => {
      step[j] = part.step[k]!;
    });
    let next: Float64Array | undefined;
    let value = whole.value;
    for (let length = 1; length >= SHORTEST && next === undefined; length /= 2) {
      // A coefficient that would change its sign is 0.
      const point = pointOn(problem, at, step, length).map((own, j) =>
        owners[j] !== FREE && own * at[j]! < 0 ? 0 : own,
      );
      value = logLikelihoodAt(problem, evaluate, point);
      if (value > whole.value) next = point;
    }
    if (next === undefined) return { progress, isAtMaximum: false };
    progress = advanced(ascent, progress, 'newton', next, value);
  }
  return { progress, isAtMaximum: false };
}

/** Whether no coefficient that is 0 would gain more than its penalty. */
function staysZero({ penalty, data }: Problem, at: Float64Array, gradient: Float64Array): boolean {
  const { owners, at: penaltyAt } = penalty!;
  const { absolute } = penaltyAt(at);
  return owners.every(
    (owner, j) =>
      owner === FREE || at[j] !== 0 || Math.abs(gradient[j]!) <= absolute[j]! + 1e-9 * data.totalWeight,
  );
}
