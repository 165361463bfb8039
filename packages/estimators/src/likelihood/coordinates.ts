/**
 * Coordinates: the numbers that the optimiser moves, an affine change of the free numbers of the layout,
 * $\theta = J u + c$, in the order gate, experts, noise.
 */
import { type Matrix, matrix } from '@tfjs-moe/numerics';
import type { Layout } from './layout.ts';

export interface Coordinates {
  readonly size: number;
  /** Where the experts' coordinates begin, and where the noise does. */
  readonly firstExpert: number;
  readonly firstNoise: number;
  readonly noises: number;
  toNumbers(at: ArrayLike<number>): Float64Array;
  fromNumbers(numbers: ArrayLike<number>): Float64Array;
  /** $J = \partial\theta / \partial u$: numbers of the layout by coordinates. */
  readonly jacobian: Matrix;
}

/** The free numbers themselves. */
export function plainCoordinates(
  layout: Layout,
  alsoHeld: ReadonlySet<number>,
): Coordinates & { readonly places: Int32Array } {
  const { entries, held, firstExpert, firstNoise, noises } = layout;
  const places = new Int32Array(entries.length).fill(-1);
  const free: number[] = [];
  entries.forEach((_, i) => {
    if (held.has(i) || alsoHeld.has(i)) return;
    places[i] = free.length;
    free.push(i);
  });
  const jacobian = matrix(entries.length, free.length);
  free.forEach((number, j) => {
    jacobian.data[number + j * entries.length] = 1;
  });
  const before = (limit: number) => free.filter((number) => number < limit).length;
  return {
    size: free.length,
    firstExpert: before(firstExpert),
    firstNoise: before(firstNoise),
    noises,
    places,
    jacobian,
    toNumbers(at) {
      const numbers = new Float64Array(entries.length);
      free.forEach((number, j) => {
        numbers[number] = at[j]!;
      });
      return numbers;
    },
    fromNumbers: (numbers) => Float64Array.from(free, (number) => numbers[number]!),
  };
}
