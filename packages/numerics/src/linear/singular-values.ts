import { MoeError } from '@tfjs-moe/core';
import { column, type Matrix, matrix, norm, transpose } from './matrix.ts';
import { pivotedQr } from './pivoted-qr.ts';

/** Singular values, falling, with their vectors. */
export interface SingularValues {
  /** min(rows, columns) of them, falling. */
  readonly values: Float64Array;
  /** $V$: column i belongs to value i; zero columns belong to values that are exactly zero. */
  readonly right: Matrix;
}

const MOST_SWEEPS = 60;

/**
 * Singular values and right singular vectors by one-sided Jacobi rotations after a pivoted QR:
 * $A P = Q R$, then the columns of $R^\top$ are rotated until they are orthogonal; their lengths are the $\sigma_i$.
 *
 * Where a matrix is a well-conditioned one with scaled columns, small singular values keep their relative accuracy,
 * which bidiagonal methods lose. In general a singular value below about $10^{-15}\sigma_1$ is rounding: never read a
 * rank off float64 singular values, use `certifyRank`.
 *
 * The singular values of a matrix, which is left as it is.
 *
 * Source: Drmac and Veselic, "New Fast and Accurate Jacobi SVD Algorithm" (2008); the rotations are those of Hestenes.
 */
export function singularValues(a: Matrix): SingularValues {
  const { r, permutation } = pivotedQr(a);
  const work = transpose(r);
  const tolerance = Math.sqrt(work.rows) * Number.EPSILON;
  const squares = new Float64Array(work.columns);
  for (let sweep = 0; ; sweep++) {
    if (sweep === MOST_SWEEPS)
      throw new MoeError('singularValues', `no convergence in ${MOST_SWEEPS} sweeps`);
    for (let j = 0; j < work.columns; j++) squares[j] = norm(column(work, j)) ** 2;
    let rotations = 0;
    for (let i = 0; i < work.columns; i++) {
      for (let j = i + 1; j < work.columns; j++) if (rotate(work, squares, i, j, tolerance)) rotations++;
    }
    if (rotations === 0) break;
  }

  const lengths = Float64Array.from({ length: work.columns }, (_, j) => norm(column(work, j)));
  const order = Array.from(lengths.keys()).sort((i, j) => lengths[j]! - lengths[i]!);
  const right = matrix(a.columns, work.columns);
  order.forEach((from, to) => {
    const length = lengths[from]!;
    const source = column(work, from);
    const target = column(right, to);
    if (length === 0) return;
    permutation.forEach((row, i) => {
      target[row] = source[i]! / length;
    });
  });
  return { values: Float64Array.from(order, (from) => lengths[from]!), right };
}

/** Makes two columns orthogonal; false if they already are. */
function rotate(work: Matrix, squares: Float64Array, i: number, j: number, tolerance: number): boolean {
  const a = column(work, i);
  const b = column(work, j);
  const squareA = squares[i]!;
  const squareB = squares[j]!;
  let inner = 0;
  for (let k = 0; k < a.length; k++) inner += a[k]! * b[k]!;
  if (!(Math.abs(inner) > tolerance * Math.sqrt(squareA) * Math.sqrt(squareB))) return false;
  const slope = (squareB - squareA) / (2 * inner);
  const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.hypot(1, slope));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = cosine * tangent;
  let [newA, newB] = [0, 0];
  for (let k = 0; k < a.length; k++) {
    const u = cosine * a[k]! - sine * b[k]!;
    const v = sine * a[k]! + cosine * b[k]!;
    a[k] = u;
    b[k] = v;
    newA += u * u;
    newB += v * v;
  }
  squares[i] = newA;
  squares[j] = newB;
  return true;
}
