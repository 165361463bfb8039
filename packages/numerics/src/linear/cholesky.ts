import { MoeError } from '@tfjs-moe/core';
import { type Matrix, matrix } from './matrix.ts';

/** A Cholesky factorisation $A = L L^\top$, and what it solves. */
export interface Cholesky {
  /** $L$, lower triangular. */
  readonly factor: Matrix;
  /** $\log\det A$. */
  readonly logDeterminant: number;
  /** $A^{-1} b$. */
  solve(b: ArrayLike<number>): Float64Array;
  /** $A^{-1}$. */
  inverse(): Matrix;
}

/**
 * Cholesky factorisation $A = L L^\top$ of a symmetric positive definite matrix, with the solution of $Ax = b$.
 *
 * For normal equations with damping, information matrices and their inverses. It also decides, up to rounding, whether
 * a matrix is positive definite: then it returns a factorisation, otherwise nothing.
 *
 * Factors a matrix, of which only the lower triangle is read; nothing if it is not positive definite.
 */
export function cholesky(a: Matrix): Cholesky | undefined {
  const n = a.rows;
  if (a.columns !== n) throw new MoeError('cholesky', 'the matrix must be square', `${n} x ${a.columns}`);
  const factor = matrix(n, n);
  const l = factor.data;
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) l[i + j * n] = a.data[i + j * n]!;
    // Left-looking: column j minus the columns before it, walked downwards.
    for (let k = 0; k < j; k++) {
      const multiple = l[j + k * n]!;
      if (multiple === 0) continue;
      for (let i = j; i < n; i++) l[i + j * n] = l[i + j * n]! - multiple * l[i + k * n]!;
    }
    const square = l[j + j * n]!;
    if (!(square > 0 && square < Infinity)) return undefined;
    const root = Math.sqrt(square);
    for (let i = j; i < n; i++) l[i + j * n] = l[i + j * n]! / root;
  }

  function solve(b: ArrayLike<number>): Float64Array {
    if (b.length !== n)
      throw new MoeError('cholesky', `the right-hand side must have ${n} numbers`, b.length);
    const x = Float64Array.from(b);
    for (let j = 0; j < n; j++) {
      x[j] = x[j]! / l[j + j * n]!;
      for (let i = j + 1; i < n; i++) x[i] = x[i]! - l[i + j * n]! * x[j]!;
    }
    for (let j = n - 1; j >= 0; j--) {
      for (let i = j + 1; i < n; i++) x[j] = x[j]! - l[i + j * n]! * x[i]!;
      x[j] = x[j]! / l[j + j * n]!;
    }
    return x;
  }

  return {
    factor,
    get logDeterminant() {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += 2 * Math.log(l[j + j * n]!);
      return sum;
    },
    solve,
    inverse() {
      const result = matrix(n, n);
      for (let j = 0; j < n; j++) {
        const unit = new Float64Array(n);
        unit[j] = 1;
        result.data.set(solve(unit), j * n);
      }
      return result;
    },
  };
}
