/**
 * The constants of rigorous float64 bounds, and the triangular inverse that rank certificates precondition with.
 */
import type { Checkpoint } from '../checkpoint.ts';
import { type Matrix, matrix } from '../linear/matrix.ts';

/** Covers the rounding of a bound itself: sums of up to $10^6$ non-negative numbers err by $10^{-10}$ at most. */
export const SAFE: number = 1 + 1e-8;

/** $\gamma_n = nu/(1 - nu)$ with $u = 2^{-53}$: the relative error of n roundings (Higham, Lemma 3.1). */
export function unitsOfRounding(n: number): number {
  const error = n * 2 ** -53;
  return (error / (1 - error)) * SAFE;
}

/** $R^{-1}$ of an upper triangular matrix, approximately: certificates do not rely on its accuracy. */
export function upperInverse(r: Matrix, checkpoint?: Checkpoint): Matrix {
  const n = r.columns;
  const inverse = matrix(n, n);
  for (let j = 0; j < n; j++) {
    checkpoint?.((j * j) / 2);
    // Back substitution by columns of R, which lie together.
    const solution = inverse.data.subarray(j * n, (j + 1) * n);
    solution[j] = 1;
    for (let k = j; k >= 0; k--) {
      const from = r.data.subarray(k * r.rows, k * r.rows + k + 1);
      const value = solution[k]! / from[k]!;
      solution[k] = value;
      for (let i = 0; i < k; i++) solution[i] = solution[i]! - from[i]! * value;
    }
  }
  return inverse;
}
