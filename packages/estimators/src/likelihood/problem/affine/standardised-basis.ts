import type { Basis } from './basis.ts';

/** Part of a column's length below which it does not vary. */
const CONSTANT = 1e-10;

/**
 * Columns of mean 0 and mean square 1, by weight, beside a column of ones; without ones they are not centred. One that does
 * not vary is left out, and no other: a penalty determines coefficients of columns that depend on each other.
 */
export function standardisedBasis(given: readonly Float64Array[], weights: Float64Array): Basis {
  const totalWeight = weights.reduce((sum, w) => sum + w, 0);
  const mean = (of: (i: number) => number) =>
    weights.reduce((sum, w, i) => sum + (w > 0 ? (w / totalWeight) * of(i) : 0), 0);
  const one = given.findIndex((column) => column.every((value) => value === 1));
  const centres = given.map((column, j) => (one < 0 || j === one ? 0 : mean((i) => column[i]!)));
  const scales = given.map((column, j) =>
    j === one ? 1 : Math.sqrt(mean((i) => (column[i]! - centres[j]!) ** 2)),
  );
  const lengths = given.map((column) => Math.sqrt(mean((i) => column[i]! ** 2)));
  const kept = given.flatMap((_, j) => (scales[j]! > CONSTANT * lengths[j]! ? [j] : []));
  const place = kept.indexOf(one);
  return {
    kept,
    columns: kept.map((j) => given[j]!.map((value) => (value - centres[j]!) / scales[j]!)),
    multiply(coefficients) {
      const u = Float64Array.from(kept, (j, k) => scales[j]! * coefficients[k]!);
      kept.forEach((j, k) => {
        if (k !== place && place >= 0) u[place] = u[place]! + centres[j]! * coefficients[k]!;
      });
      return u;
    },
    solve(u) {
      const coefficients = Float64Array.from(kept, (j, k) => u[k]! / scales[j]!);
      kept.forEach((j, k) => {
        if (k !== place && place >= 0)
          coefficients[place] = coefficients[place]! - centres[j]! * coefficients[k]!;
      });
      return coefficients;
    },
    coefficientsOf(column) {
      if (place < 0 || column.some((value) => value !== column[0])) return undefined;
      return Float64Array.from(kept, (_, k) => (k === place ? column[0]! : 0));
    },
  };
}
