/**
 * What limits a step: the bounds of the dispersions, and rounding.
 */
import type { SecondOrder } from '../passes/derivatives-pass.ts';
import { boundedPlaces, boundsAt, type DispersionBounds, type Problem } from '../problem/problem.ts';

/** Distance to the maximum in standard errors below which rounding may end a climb. */
export const CLOSE = 1e-4;

/** What the log-likelihood may change by rounding alone. */
export function rounding({ data }: Problem, value: number): number {
  return 4e-15 * (Math.abs(value) + data.totalWeight);
}

/** The logarithm of a dispersion, between its bounds. */
export function within({ low, high }: DispersionBounds, value: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Puts the coordinates of a new point that have bounds between them. */
export function intoBounds(problem: Problem, at: Float64Array): Float64Array {
  for (const place of boundedPlaces(problem)) at[place] = within(boundsAt(problem, place), at[place]!);
  return at;
}

/** The point on a step; dispersions stay between their bounds. */
export function pointOn(problem: Problem, at: Float64Array, step: Float64Array, length = 1): Float64Array {
  return intoBounds(
    problem,
    at.map((value, j) => value + length * step[j]!),
  );
}

/** Derivatives that do not lead out of the bounds of the dispersions. */
export function withinBounds(
  problem: Problem,
  at: Float64Array,
  here: SecondOrder,
): Pick<SecondOrder, 'gradient' | 'hessian'> {
  const { size } = problem.coordinates;
  const gradient = here.gradient.slice();
  const hessian = here.hessian.slice();
  for (const s of boundedPlaces(problem)) {
    const { low, high } = boundsAt(problem, s);
    const leadsOut = (at[s]! <= low && gradient[s]! <= 0) || (at[s]! >= high && gradient[s]! >= 0);
    if (!leadsOut) continue;
    gradient[s] = 0;
    for (let j = 0; j < size; j++) hessian[Math.max(s, j) + Math.min(s, j) * size] = 0;
  }
  return { gradient, hessian };
}
