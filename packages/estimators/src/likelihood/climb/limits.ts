/**
 * What limits a step: the floor of the variances below, rounding above.
 */
import type { SecondOrder } from '../passes/derivatives-pass.ts';
import type { Problem } from '../problem/problem.ts';

/** Distance to the maximum in standard errors below which rounding may end a climb. */
export const CLOSE = 1e-4;

/** What the log-likelihood may change by rounding alone. */
export function rounding({ data }: Problem, value: number): number {
  return 4e-15 * (Math.abs(value) + data.totalWeight);
}

/** The point on a step; variances stay above their floor. */
export function pointOn(
  { coordinates, logSigmaFloor }: Problem,
  at: Float64Array,
  step: Float64Array,
  length = 1,
): Float64Array {
  return at.map((value, j) => {
    const next = value + length * step[j]!;
    return j >= coordinates.firstNoise ? Math.max(next, logSigmaFloor) : next;
  });
}

/** Derivatives that do not lead below the floor of the variance. */
export function withoutFloors(
  { coordinates, logSigmaFloor }: Problem,
  at: Float64Array,
  here: SecondOrder,
): Pick<SecondOrder, 'gradient' | 'hessian'> {
  const { firstNoise, size } = coordinates;
  const gradient = here.gradient.slice();
  const hessian = here.hessian.slice();
  for (let s = firstNoise; s < size; s++) {
    if (at[s]! > logSigmaFloor || gradient[s]! > 0) continue;
    gradient[s] = 0;
    for (let j = 0; j < size; j++) hessian[Math.max(s, j) + Math.min(s, j) * size] = 0;
  }
  return { gradient, hessian };
}
