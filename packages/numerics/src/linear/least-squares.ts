import { MoeError } from '@tfjs-moe/core';
import { type Matrix, norm } from './matrix.ts';
import { pivotedQr } from './pivoted-qr.ts';

/** The solution of a linear least-squares problem, with what could be determined. */
export interface LeastSquares {
  readonly solution: Float64Array;
  /** $\lVert Ax - b \rVert$. */
  readonly residualNorm: number;
  /** Columns that were used: a numerical rank at `tolerance`, not a proof. */
  readonly rank: number;
}

/**
 * Linear least squares, $\min_x \lVert Ax - b \rVert$, by QR with column pivoting.
 *
 * Twice the digits of the normal equations, and an answer also where columns are collinear: those beyond the numerical
 * rank get the coefficient 0 (the basic solution).
 *
 * @param tolerance columns whose pivot falls below this part of the first are left out; default
 *   `max(rows, columns)` times the rounding unit
 */
export function leastSquares(
  a: Matrix,
  b: ArrayLike<number>,
  tolerance: number = Math.max(a.rows, a.columns) * Number.EPSILON,
): LeastSquares {
  if (b.length !== a.rows) throw new MoeError('leastSquares', `b must have ${a.rows} numbers`, b.length);
  const { r, permutation, applyTransposed } = pivotedQr(a);
  const projected = Float64Array.from(b);
  applyTransposed(projected);
  const diagonal = (i: number) => Math.abs(r.data[i + i * r.rows]!);
  let rank = 0;
  while (rank < r.rows && diagonal(rank) > tolerance * diagonal(0)) rank++;
  const solution = new Float64Array(a.columns);
  for (let i = rank - 1; i >= 0; i--) {
    let sum = projected[i]!;
    for (let j = i + 1; j < rank; j++) {
      sum -= r.data[i + j * r.rows]! * solution[permutation[j]!]!;
    }
    solution[permutation[i]!] = sum / r.data[i + i * r.rows]!;
  }
  return { solution, residualNorm: norm(projected, rank), rank };
}
