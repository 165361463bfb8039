import { CLOSE, pointOn, rounding } from '../likelihood/climb/limits.ts';
import { newtonStep } from '../likelihood/climb/solve.ts';
import type { Differentiate, SecondOrder } from '../likelihood/passes/derivatives-pass.ts';
import type { Evaluate } from '../likelihood/passes/mixture-rows.ts';
import { logLikelihoodAt } from '../likelihood/passes/value-pass.ts';
import type { Problem } from '../likelihood/problem/problem.ts';

const MOST_STEPS = 100;

/** Distance in standard errors at which a climb has arrived. */
const ARRIVED = 1e-7;

/** Where a likelihood is largest of the points with one value of a combination. */
export interface Constrained {
  readonly at: Float64Array;
  readonly value: number;
  /** How the largest value changes with that of the combination, where it is smooth: Lagrange's multiplier. */
  readonly slope?: number;
}

/** What is climbed, and the combination $a^\top u$ that is held. */
export interface Held {
  readonly problem: Problem;
  readonly evaluate: Evaluate;
  readonly differentiate: Differentiate;
  readonly along: Float64Array;
}

/**
 * Climbs among the points that have the combination's value at the first: Newton's steps in the other coordinates, of which the
 * one that weighs most in the combination follows.
 * @returns nothing where no step leads upwards although one should
 */
export function constrainedClimb(held: Held, from: Float64Array): Constrained | undefined {
  const { problem, evaluate, differentiate, along } = held;
  let at = from;
  for (let step = 0; ; step++) {
    const here = differentiate(at);
    if (!Number.isFinite(here.value)) return undefined;
    const found = stepFrom(here, along);
    const slope = here.gradient[found.follows]! / along[found.follows]!;
    const arrived = { at, value: here.value, slope };
    if (found.distance <= ARRIVED) return arrived;
    const slack = rounding(problem, here.value);
    let next: Float64Array | undefined;
    for (let length = 1; length > 1e-6 && next === undefined; length /= 2) {
      const there = pointOn(problem, at, found.step, length);
      if (problem.isAllowed(there) && logLikelihoodAt(problem, evaluate, there) > here.value - slack)
        next = there;
    }
    if (next === undefined || step === MOST_STEPS) return found.distance <= CLOSE ? arrived : undefined;
    at = next;
  }
}

function stepFrom(
  { gradient, hessian }: SecondOrder,
  along: Float64Array,
): { readonly step: Float64Array; readonly distance: number; readonly follows: number } {
  const { follows, free, ratio, matrix, gradient: reduced } = reducedTo({ gradient, hessian }, along);
  const step = new Float64Array(gradient.length);
  if (free.length === 0) return { step, distance: 0, follows };
  const newton = newtonStep(matrix, reduced);
  free.forEach((i, a) => {
    step[i] = newton.step[a]!;
    step[follows] = step[follows]! - ratio[a]! * newton.step[a]!;
  });
  return { step, distance: newton.distance, follows };
}

/** Derivatives among the points with one value of a combination, in all coordinates but one, which follows. */
export interface Reduced {
  readonly follows: number;
  /** The other coordinates, and how much of each the one that follows takes back. */
  readonly free: readonly number[];
  readonly ratio: readonly number[];
  readonly gradient: Float64Array;
  /** Second derivatives: lower triangle, column-major. */
  readonly matrix: Float64Array;
}

/** Of the coordinates the one follows that weighs most in the combination. */
export function reducedTo(
  { gradient, hessian }: Pick<SecondOrder, 'gradient' | 'hessian'>,
  along: Float64Array,
): Reduced {
  const size = gradient.length;
  const bend = (i: number, j: number) => hessian[Math.max(i, j) + Math.min(i, j) * size]!;
  const weight = (i: number) => Math.abs(along[i]!) / Math.sqrt(Math.max(Math.abs(bend(i, i)), 1e-300));
  const places = Array.from(along.keys());
  const follows = places.reduce((best, i) => (weight(i) > weight(best) ? i : best));
  const free = places.filter((i) => i !== follows);
  const ratio = free.map((i) => along[i]! / along[follows]!);
  const reduced = Float64Array.from(free, (i, a) => gradient[i]! - ratio[a]! * gradient[follows]!);
  const matrix = new Float64Array(free.length ** 2);
  free.forEach((j, b) => {
    for (let a = b; a < free.length; a++) {
      const i = free[a]!;
      matrix[a + b * free.length] =
        bend(i, j) -
        ratio[a]! * bend(follows, j) -
        ratio[b]! * bend(i, follows) +
        ratio[a]! * ratio[b]! * bend(follows, follows);
    }
  });
  return { follows, free, ratio, gradient: reduced, matrix };
}
