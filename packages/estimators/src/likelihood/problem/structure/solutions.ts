import { MoeError } from '@tfjs-moe/core';
import { type Matrix, matrix } from '@tfjs-moe/numerics';

/** One row of $M u = b$. */
export interface Row {
  readonly text: string;
  readonly coefficients: Float64Array;
  readonly value: number;
}

/** All solutions of some rows, $u = u_0 + R v$, with orthonormal columns of R. */
export interface Solutions {
  readonly particular: Float64Array;
  readonly basis: Matrix;
}

/** Part of a row below which what is left of it, after others were taken away, is rounding. */
const FOLLOWS = 1e-9;

/**
 * Solutions by Gram and Schmidt, every vector orthogonalised twice. A coordinate that no row has a part in keeps its axis.
 * @throws MoeError where rows contradict each other
 */
export function solutionsOf(who: string, rows: readonly Row[], size: number): Solutions {
  const particular = new Float64Array(size);
  const units: Float64Array[] = [];
  const values: number[] = [];
  for (const { text, coefficients, value } of rows) {
    const length = Math.sqrt(dot(coefficients, coefficients));
    const rest = coefficients.map((each) => each / length);
    let left = value / length;
    for (let pass = 0; pass < 2; pass++)
      units.forEach((unit, k) => {
        left -= without(rest, unit) * values[k]!;
      });
    const own = Math.sqrt(dot(rest, rest));
    if (!(own > FOLLOWS)) {
      if (Math.abs(left) > FOLLOWS * (1 + Math.abs(value / length)))
        throw new MoeError(who, 'structure: equations must not contradict each other', text);
      continue;
    }
    units.push(rest.map((each) => each / own));
    values.push(left / own);
  }
  units.forEach((unit, k) => {
    unit.forEach((each, j) => {
      particular[j] = particular[j]! + values[k]! * each;
    });
  });
  const involved = Array.from({ length: size }, (_, j) => j).filter((j) =>
    units.some((unit) => unit[j] !== 0),
  );
  const columns = Array.from({ length: size }, (_, j) => j)
    .filter((j) => !involved.includes(j))
    .map((j) => axis(j, size));
  const against = [...units];
  for (let count = involved.length - units.length; count > 0; count--) {
    const left = involved.map((j) => {
      const rest = axis(j, size);
      for (let pass = 0; pass < 2; pass++) for (const unit of against) without(rest, unit);
      return { rest, square: dot(rest, rest) };
    });
    const { rest, square } = left.reduce((a, b) => (b.square > a.square ? b : a));
    const column = rest.map((each) => each / Math.sqrt(square));
    against.push(column);
    columns.push(column);
  }
  const basis = matrix(size, columns.length);
  columns.forEach((column, k) => {
    basis.data.set(column, k * size);
  });
  return { particular, basis };
}

function axis(j: number, size: number): Float64Array {
  const unit = new Float64Array(size);
  unit[j] = 1;
  return unit;
}

/** Takes away what a vector has along a unit, and says how much that was. */
function without(vector: Float64Array, unit: Float64Array): number {
  const along = dot(vector, unit);
  if (along !== 0) for (let j = 0; j < vector.length; j++) vector[j] = vector[j]! - along * unit[j]!;
  return along;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
