import { type Matrix, matrix } from '@tfjs-moe/numerics';
import type { Layout } from './layout.ts';

/**
 * Coordinates: the numbers that the optimiser moves, an affine change of the free numbers of the layout,
 * $\theta = J u + c$, in the order gate, experts, noise.
 */
export interface Coordinates {
  readonly size: number;
  /** Where the experts' coordinates begin, and where the noise does. */
  readonly firstExpert: number;
  readonly firstNoise: number;
  readonly noises: number;
  /** The place of the logarithm of each expert's dispersion; -1 where it is none of the coordinates. */
  readonly noiseOf: Int32Array;
  /** That logarithm where it has no place. */
  readonly fixedNoise: Float64Array;
  toNumbers(at: ArrayLike<number>): Float64Array;
  fromNumbers(numbers: ArrayLike<number>): Float64Array;
  /** $J = \partial\theta / \partial u$: numbers of the layout by coordinates. */
  readonly jacobian: Matrix;
}

/**
 * The free numbers of the same model in other units: an affine map and its inverse on top of some coordinates.
 */
export function inOtherUnits<C extends Coordinates>(
  plain: C,
  to: (numbers: Float64Array) => Float64Array,
  from: (numbers: ArrayLike<number>) => Float64Array,
): C {
  const { rows, columns } = plain.jacobian;
  const jacobian = matrix(rows, columns);
  const toNumbers = (at: ArrayLike<number>) => to(plain.toNumbers(at));
  fillJacobian({ ...plain, toNumbers, jacobian }, rows);
  return { ...plain, jacobian, toNumbers, fromNumbers: (numbers) => plain.fromNumbers(from(numbers)) };
}

/** Where the dispersions of a layout stand, if all of them are coordinates, from some place on. */
export function noisePlaces(
  { dispersionOf }: Layout,
  firstNoise: number,
): Pick<Coordinates, 'noiseOf' | 'fixedNoise'> {
  return {
    noiseOf: dispersionOf.map((own) => (own < 0 ? -1 : firstNoise + own)),
    fixedNoise: new Float64Array(dispersionOf.length),
  };
}

/** Differences of points, which are exact derivatives of an affine map. */
export function fillJacobian(
  { size, toNumbers, jacobian }: Pick<Coordinates, 'size' | 'toNumbers' | 'jacobian'>,
  rows: number,
): void {
  const origin = toNumbers(new Float64Array(size));
  for (let j = 0; j < size; j++) {
    const unit = new Float64Array(size);
    unit[j] = 1;
    const column = toNumbers(unit);
    for (let i = 0; i < rows; i++) jacobian.data[i + j * rows] = column[i]! - origin[i]!;
  }
}

/** The free numbers themselves. */
export function plainCoordinates(
  layout: Layout,
  alsoHeld: ReadonlySet<number>,
): Coordinates & { readonly places: Int32Array } {
  const { entries, held, atRest, firstExpert, firstNoise, noises } = layout;
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
    ...noisePlaces(layout, before(firstNoise)),
    places,
    jacobian,
    toNumbers(at) {
      const numbers = atRest.slice();
      free.forEach((number, j) => {
        numbers[number] = at[j]!;
      });
      return numbers;
    },
    fromNumbers: (numbers) => Float64Array.from(free, (number) => numbers[number]!),
  };
}
