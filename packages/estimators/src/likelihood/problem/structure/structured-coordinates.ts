import { MoeError } from '@tfjs-moe/core';
import { type Matrix, matrix, matrixProduct } from '@tfjs-moe/numerics';
import type { Coordinates } from '../coordinates.ts';
import type { Equation } from './equations.ts';
import { type Row, solutionsOf } from './solutions.ts';

/** Coordinates of the solutions of some equations, within those of all points: $u = u_0 + R v$. */
export interface StructuredCoordinates {
  readonly coordinates: Coordinates;
  /** R: coordinates of all points by those of the solutions. */
  readonly basis: Matrix;
  /** Numbers of the layout that all solutions have alike. */
  readonly fixed: ReadonlySet<number>;
  toAll(at: ArrayLike<number>): Float64Array;
  /** The nearest solution. */
  fromAll(all: ArrayLike<number>): Float64Array;
}

/** Part of what a number could move below which it does not. */
const STILL = 1e-9;

/**
 * Coefficients of gate and experts move in an orthonormal basis of what the equations leave, the gate's first; dispersions
 * keep coordinates of their own, which several experts may share.
 *
 * @throws MoeError where equations contradict each other, or name nothing that is free
 */
export function structuredCoordinates(
  who: string,
  all: Coordinates,
  equations: readonly Equation[],
): StructuredCoordinates {
  const { rows: numbers } = all.jacobian;
  const origin = all.toNumbers(new Float64Array(all.size));
  const rows = equations.map(({ text, coefficients, value }): Row => {
    const own = new Float64Array(all.size);
    let left = value;
    coefficients.forEach((factor, i) => {
      if (factor === 0) return;
      left -= factor * origin[i]!;
      for (let j = 0; j < all.size; j++) own[j] = own[j]! + factor * all.jacobian.data[i + j * numbers]!;
    });
    if (own.every((each) => each === 0))
      throw new MoeError(who, 'structure: an equation must name a number that is free', text);
    return { text, coefficients: own, value: left };
  });
  const parts = [
    [0, all.firstExpert],
    [all.firstExpert, all.firstNoise],
  ].map(([from, to]) => {
    const own = rows.flatMap((row) => {
      const coefficients = row.coefficients.subarray(from, to);
      return coefficients.some((each) => each !== 0) ? [{ ...row, coefficients }] : [];
    });
    return solutionsOf(who, own, to! - from!);
  });
  const noise = sharedNoise(who, all, rows);
  const particular = Float64Array.from([
    ...parts.flatMap((part) => [...part.particular]),
    ...noise.particular,
  ]);
  const blocks = [...parts.map(({ basis }) => basis), noise.basis];
  const basis = diagonal(blocks);
  const [firstExpert, firstNoise] = [blocks[0]!.columns, blocks[0]!.columns + blocks[1]!.columns];
  const toAll = (at: ArrayLike<number>) => {
    const point = particular.slice();
    for (let k = 0; k < basis.columns; k++) {
      for (let j = 0; j < all.size; j++) point[j] = point[j]! + basis.data[j + k * all.size]! * at[k]!;
    }
    return point;
  };
  const fromAll = (point: ArrayLike<number>) =>
    Float64Array.from({ length: basis.columns }, (_, k) => {
      let [sum, square] = [0, 0];
      for (let j = 0; j < all.size; j++) {
        const factor = basis.data[j + k * all.size]!;
        sum += factor * (point[j]! - particular[j]!);
        square += factor * factor;
      }
      return sum / square;
    });
  const snapped = snapping(equations);
  const jacobian = matrixProduct(all.jacobian, basis);
  const fixed = new Set<number>();
  for (let i = 0; i < numbers; i++) {
    const reach = rowLength(all.jacobian, i);
    if (reach === 0 || rowLength(jacobian, i) > STILL * reach) continue;
    fixed.add(i);
    for (let k = 0; k < basis.columns; k++) jacobian.data[i + k * numbers] = 0;
  }
  return {
    basis,
    fixed,
    toAll,
    fromAll,
    coordinates: {
      size: basis.columns,
      firstExpert,
      firstNoise,
      noises: blocks[2]!.columns,
      noiseOf: all.noiseOf
        .map((place) => (place < 0 ? -1 : noise.placeOf[place - all.firstNoise]!))
        .map((place) => (place < 0 ? -1 : firstNoise + place)),
      fixedNoise: all.fixedNoise.map((value, e) => {
        const place = all.noiseOf[e]!;
        return place >= 0 && noise.placeOf[place - all.firstNoise]! < 0 ? particular[place]! : value;
      }),
      jacobian,
      toNumbers: (at) => snapped(all.toNumbers(toAll(at))),
      fromNumbers: (list) => fromAll(all.fromNumbers(list)),
    },
  };
}

/** Dispersions that are fixed or equal: each class of equal ones has one coordinate, unless one of them is fixed. */
function sharedNoise(who: string, { firstNoise, size, noises }: Coordinates, rows: readonly Row[]) {
  const classOf = Array.from({ length: noises }, (_, s) => s);
  const own = rows
    .map(({ coefficients, ...row }) => ({ ...row, coefficients: coefficients.subarray(firstNoise, size) }))
    .map((row) => ({
      ...row,
      places: [...row.coefficients.keys()].filter((s) => row.coefficients[s] !== 0),
    }));
  for (const { places } of own) {
    const [first, second] = places;
    if (second === undefined) continue;
    const [from, to] = [classOf[second]!, classOf[first!]!];
    classOf.forEach((each, s) => {
      if (each === from) classOf[s] = to;
    });
  }
  const values = new Map<number, number>();
  for (const { places, coefficients, value, text } of own) {
    if (places.length !== 1) continue;
    const at = value / coefficients[places[0]!]!;
    const known = values.get(classOf[places[0]!]!);
    if (known !== undefined && Math.abs(known - at) > STILL)
      throw new MoeError(who, 'structure: equations must not contradict each other', text);
    values.set(classOf[places[0]!]!, at);
  }
  const free = [...new Set(classOf)].filter((each) => !values.has(each));
  const basis = matrix(noises, free.length);
  const placeOf = classOf.map((each) => free.indexOf(each));
  placeOf.forEach((place, s) => {
    if (place >= 0) basis.data[s + place * noises] = 1;
  });
  return { particular: classOf.map((each) => values.get(each) ?? 0), basis, placeOf };
}

/** Numbers without the rounding of coordinates, where an equation says one of them alone or makes two equal. */
function snapping(equations: readonly Equation[]): (numbers: Float64Array) => Float64Array {
  const known = equations.map(({ coefficients, value }) => {
    const places = [...coefficients.keys()].filter((i) => coefficients[i] !== 0);
    return { places, value, factors: places.map((i) => coefficients[i]!) };
  });
  return (numbers) => {
    for (const { places, value, factors } of known)
      if (places.length === 1) numbers[places[0]!] = value / factors[0]!;
    for (const { places, value, factors } of known)
      if (places.length === 2 && value === 0 && factors[0] === -factors[1]!)
        numbers[places[1]!] = numbers[places[0]!]!;
    return numbers;
  };
}

function rowLength({ rows, columns, data }: Matrix, i: number): number {
  let square = 0;
  for (let j = 0; j < columns; j++) square += data[i + j * rows]! ** 2;
  return Math.sqrt(square);
}

/** Blocks one below and beside the other. */
function diagonal(blocks: readonly Matrix[]): Matrix {
  const sum = (of: (block: Matrix) => number) => blocks.reduce((total, block) => total + of(block), 0);
  const whole = matrix(
    sum(({ rows }) => rows),
    sum(({ columns }) => columns),
  );
  let [row, column] = [0, 0];
  for (const { rows, columns, data } of blocks) {
    for (let k = 0; k < columns; k++)
      whole.data.set(data.subarray(k * rows, (k + 1) * rows), row + (column + k) * whole.rows);
    row += rows;
    column += columns;
  }
  return whole;
}
