import { equationsOf } from '../likelihood/problem/structure/equations.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';

/** Part of a row below which an entry is rounding. */
const NOTHING = 1e-12;

/**
 * Numbers of a fit that follow from others by the equations of its structure, by their places among those estimated: of every
 * equation the last number that those before it leave open. The others are the coordinates of the model that was fitted.
 */
export function tiedNumbers(
  who: string,
  { structure, estimates, estimated }: MaximumLikelihoodFit,
): ReadonlySet<number> {
  if (structure === undefined) return new Set();
  const pivots = new Map<number, readonly number[]>();
  // Names mean the numbers that were free before anything held.
  const numbers = estimates.map((each) =>
    each.status === 'fixed' ? { ...each, status: 'estimated' as const } : each,
  );
  for (const { coefficients } of equationsOf(who, structure, numbers)) {
    let row = estimated.map((place) => coefficients[place]!);
    for (const [pivot, other] of pivots) {
      const factor = row[pivot]! / other[pivot]!;
      row = row.map((value, i) => value - factor * other[i]!);
    }
    const largest = Math.max(0, ...coefficients.map(Math.abs));
    const pivot = row.map((value) => Math.abs(value) > NOTHING * largest).lastIndexOf(true);
    if (pivot >= 0) pivots.set(pivot, row);
  }
  return new Set(pivots.keys());
}
