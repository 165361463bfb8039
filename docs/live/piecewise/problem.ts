/** A line with three corners, seen at random places with a little noise. */
import { stream } from '@tfjs-moe/core';

export const points = 200;
/** Standard deviation of the noise; no model has a mean squared error below its square for long. */
export const noise = 0.05;
export const range: readonly [number, number] = [-3, 3];

/** What is to be learnt: down, up, down and up again between -1 and 1. */
export function truth(x: number): number {
  const place = Math.abs(x) / 1.5;
  return place < 1 ? 1 - 2 * place : 2 * place - 3;
}

/** Inputs and noisy outputs. */
export function sample(): { readonly x: number[]; readonly y: number[] } {
  const random = stream(1, 'piecewise');
  const x = Array.from({ length: points }, () => 6 * random.uniform() - 3);
  return { x, y: x.map((at) => truth(at) + noise * random.normal()) };
}
