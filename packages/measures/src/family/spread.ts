import { MoeError } from '@tfjs-moe/core';
import type { Observed } from './family.ts';

/** The variance of a response, which must have one. */
export function varianceOf(who: string, { response, weights }: Observed): number {
  const totalWeight = weights.reduce((sum, w) => sum + w, 0);
  const first = response.find((_, i) => weights[i]! > 0)!;
  if (response.every((y, i) => y === first || weights[i] === 0)) {
    throw new MoeError(who, 'the response must not be constant, or the likelihood has no maximum', first);
  }
  const mean = response.reduce((sum, y, i) => sum + (weights[i]! * y) / totalWeight, 0);
  const variance = response.reduce((sum, y, i) => sum + (weights[i]! * (y - mean) ** 2) / totalWeight, 0);
  if (variance > 0 && Number.isFinite(variance)) return variance;
  throw new MoeError(
    who,
    'the variance of the response must be a positive number: change its unit',
    variance,
  );
}

/** Refuses a response that the family gives no probability to, by its first row. */
export function expectRows(
  who: string,
  { response, weights }: Observed,
  what: string,
  isPossible: (y: number, row: number) => boolean,
): void {
  const bad = response.findIndex((y, i) => weights[i]! > 0 && !isPossible(y, i));
  if (bad >= 0) throw new MoeError(who, `the response must ${what}; row ${bad} is not so`, response[bad]);
}

/** A count: 0, 1, 2, ... */
export const isCount = (y: number): boolean => Number.isSafeInteger(y) && y >= 0;
