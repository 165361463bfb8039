/**
 * What limits a step: the bounds of the dispersions, and rounding.
 */
import type { SecondOrder } from '../passes/derivatives-pass.ts';
import { boundsAt, type DispersionBounds, type Problem } from '../problem/problem.ts';

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

/** The point on a step; dispersions stay between their bounds. */
export function pointOn(problem: Problem, at: Float64Array, step: Float64Array, length = 1): Float64Array {
  return at.map((value, j) => {
    const next = value + length * step[j]!;
    return j >= problem.coordinates.firstNoise ? within(boundsAt(problem, j), next) : next;
  });
}

/** Derivatives that do not lead out of the bounds of the dispersions. */
export function withinBounds(
  problem: Problem,
  at: Float64Array,
  here: SecondOrder,
): Pick<SecondOrder, 'gradient' | 'hessian'> {
  const { firstNoise, size } = problem.coordinates;
  const gradient = here.gradient.slice();
  const hessian = here.hessian.slice();
  for (let s = firstNoise; s < size; s++) {
    const { low, high } = boundsAt(problem, s);
    const leadsOut = (at[s]! <= low && gradient[s]! <= 0) || (at[s]! >= high && gradient[s]! >= 0);
    if (!leadsOut) continue;
    gradient[s] = 0;
    for (let j = 0; j < size; j++) hessian[Math.max(s, j) + Math.min(s, j) * size] = 0;
  }
  return { gradient, hessian };
}
