import { MoeError } from '@tfjs-moe/core';

/** A dense matrix of float64 numbers, by rows. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Entry (i, j) is at `i + j * rows`. */
  readonly data: Float64Array;
}

/**
 * Dense matrices: float64 in column-major order, because factorisations walk down columns.
 *
 * A matrix of zeros, or one around existing numbers.
 */
export function matrix(
  rows: number,
  columns: number,
  data: Float64Array = new Float64Array(rows * columns),
): Matrix {
  if (data.length === rows * columns) return { rows, columns, data };
  throw new MoeError('matrix', `a ${rows} x ${columns} matrix needs ${rows * columns} numbers`, data.length);
}

/** A matrix from its rows. */
export function matrixOf(rows: readonly ArrayLike<number>[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const result = matrix(rows.length, columns);
  rows.forEach((row, i) => {
    if (row.length !== columns)
      throw new MoeError('matrixOf', `every row must have ${columns} numbers`, row.length);
    for (let j = 0; j < columns; j++) result.data[i + j * rows.length] = row[j]!;
  });
  return result;
}

/** $AB$. */
export function matrixProduct(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.rows) {
    throw new MoeError(
      'matrixProduct',
      `the factors are ${a.rows} x ${a.columns} and ${b.rows} x ${b.columns}`,
    );
  }
  const result = matrix(a.rows, b.columns);
  for (let j = 0; j < b.columns; j++) {
    const sum = column(result, j);
    for (let k = 0; k < b.rows; k++) {
      const factor = b.data[k + j * b.rows]!;
      const from = k * a.rows;
      for (let i = 0; i < a.rows; i++) sum[i] = sum[i]! + factor * a.data[from + i]!;
    }
  }
  return result;
}

/** $A^\top$. */
export function transpose({ rows, columns, data }: Matrix): Matrix {
  const result = matrix(columns, rows);
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) result.data[j + i * columns] = data[i + j * rows]!;
  }
  return result;
}

/** A view of column j. */
export function column({ rows, data }: Matrix, j: number): Float64Array {
  return data.subarray(j * rows, (j + 1) * rows);
}

/** $\lVert v \rVert_2$ of part of a list, without overflow or underflow on the way. */
export function norm(v: Float64Array, from = 0, to: number = v.length): number {
  let square = 0;
  for (let i = from; i < to; i++) square += v[i]! * v[i]!;
  if (square > 1e-280 && square < 1e280) return Math.sqrt(square);
  let largest = 0;
  for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(v[i]!));
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  square = 0;
  for (let i = from; i < to; i++) square += (v[i]! / largest) ** 2;
  return largest * Math.sqrt(square);
}

/** Refuses what no factorisation can mean. */
export function expectFinite(who: string, { data }: Matrix): void {
  const stray = data.find((value) => !Number.isFinite(value));
  if (stray !== undefined) throw new MoeError(who, 'every entry must be finite', stray);
}
