/** A line with three corners, seen at random places with a little noise. */
import { stream } from '@tfjs-moe/core';

export const points = 200;
/** Standard deviation of the noise; no model has a mean squared error below its square for long. */
export const noise = 0.05;
export const range: readonly [number, number] = [-3, 3];

/** What is to be learnt. */
export function truth(x: number): number {
  if (x < -1.5) return -2 - x;
  if (x < 0) return 1.3 + 1.2 * x;
  if (x < 1.5) return 1.3 - 1.4 * x;
  return -2.15 + 0.9 * x;
}

/** Inputs and noisy outputs. */
export function sample(): { readonly x: number[]; readonly y: number[] } {
  const random = stream(1, 'piecewise');
  const x = Array.from({ length: points }, () => 6 * random.uniform() - 3);
  return { x, y: x.map((at) => truth(at) + noise * random.normal()) };
}
