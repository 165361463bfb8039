/**
 * The constants of rigorous float64 bounds, and the triangular inverse that rank certificates precondition with.
 */
import { type Matrix, matrix } from '../linear/matrix.ts';

/** Covers the rounding of a bound itself: sums of up to $10^6$ non-negative numbers err by $10^{-10}$ at most. */
export const SAFE: number = 1 + 1e-8;

/** $\gamma_n = nu/(1 - nu)$ with $u = 2^{-53}$: the relative error of n roundings (Higham, Lemma 3.1). */
export function unitsOfRounding(n: number): number {
  const error = n * 2 ** -53;
  return (error / (1 - error)) * SAFE;
}

/** $R^{-1}$ of an upper triangular matrix, approximately: certificates do not rely on its accuracy. */
export function upperInverse(r: Matrix): Matrix {
  const n = r.columns;
  const inverse = matrix(n, n);
  const at = (i: number, j: number) => r.data[i + j * r.rows] as number;
  for (let j = 0; j < n; j++) {
    inverse.data[j + j * n] = 1 / at(j, j);
    for (let i = j - 1; i >= 0; i--) {
      let sum = 0;
      for (let k = i + 1; k <= j; k++) sum += at(i, k) * (inverse.data[k + j * n] as number);
      inverse.data[i + j * n] = -sum / at(i, i);
    }
  }
  return inverse;
}
