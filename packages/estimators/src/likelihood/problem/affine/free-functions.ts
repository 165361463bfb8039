import type { ResponseUnits } from '../response.ts';
import type { AffineFunction, AffineFunctions } from './affine-functions.ts';

/** A logit or an output with coordinates of its own, and what leads from them to its numbers. */
export interface FreeFunction extends AffineFunction {
  /** Its first coordinate. */
  readonly start: number;
  /** The numbers are those of the coordinates times the unit, once the shift is added. */
  readonly unit: number;
  readonly shift: ArrayLike<number> | undefined;
}

/**
 * The functions that are not held.
 * @param unitsOf the unit of each output by its place
 * @param one the coefficients of a column of ones in the experts' basis, where it lies in their span
 */
export function freeFunctions(
  { logits, outputs }: AffineFunctions,
  unitsOf: (place: number) => ResponseUnits,
  one: Float64Array | undefined,
): FreeFunction[] {
  return [
    ...logits.map((of) => ({ ...of, unit: 1, shift: undefined })),
    ...outputs.map((of, place) => {
      const { centre, scale } = unitsOf(place);
      return { ...of, unit: scale, shift: one?.map((value) => (value * centre) / scale) };
    }),
  ].flatMap(({ start, ...of }) => (start === undefined ? [] : [{ start, ...of }]));
}

/** Writes the numbers of functions into a list, from their coordinates. */
export function functionsToNumbers(
  free: readonly FreeFunction[],
  at: ArrayLike<number>,
  numbers: Float64Array,
): void {
  for (const { numbers: places, basis, start, unit, shift } of free) {
    const own = Float64Array.from(basis.columns, (_, j) => at[start + j]! + (shift?.[j] ?? 0));
    basis.solve(own).forEach((value, j) => {
      numbers[places[basis.kept[j]!]!] = unit * value;
    });
  }
}

/** Writes the coordinates of functions into a list, from their numbers. */
export function functionsFromNumbers(
  free: readonly FreeFunction[],
  numbers: ArrayLike<number>,
  at: Float64Array,
): void {
  for (const { numbers: places, basis, start, unit, shift } of free) {
    const own = basis.kept.map((j) => numbers[places[j]!]! / unit);
    basis.multiply(own).forEach((value, j) => {
      at[start + j] = value - (shift?.[j] ?? 0);
    });
  }
}
