import type { Checkpoint } from '../checkpoint.ts';
import { column, type Matrix, matrix, norm } from '../linear/matrix.ts';
import { pivotedQr } from '../linear/pivoted-qr.ts';
import { SAFE, unitsOfRounding, upperInverse } from './rounding.ts';

/** What one factorisation gives. */
export interface Preconditioned {
  /** A lower bound on the smallest singular value of $(A \pm \epsilon) X$; 0 where none above it is proved. */
  readonly sigma: number;
  /** X, upper triangular; its row k belongs to column `permutation[k]` of A. */
  readonly x: Matrix;
  readonly permutation: Int32Array;
  /** An upper bound on $\lVert X\rVert_F$; not finite where X is of no use. */
  readonly size: number;
}

/** Pivots below this part of the largest one are lifted to it, so that X stays finite: the next step mends the rest. */
const SMALLEST_PIVOT = 1e-15;

/**
 * The step that every rank certificate ends with: a lower bound on a smallest singular value in float64, with every
 * rounding accounted for.
 *
 * For every X, $\sigma_{\min}(AX) \ge \sigma_{\min}(B) - \lVert B - AX\rVert_F$ and
 * $\sigma_{\min}(B)^2 \ge 1 - \lVert I - B^\top B\rVert_F$. X is the inverse of the factor R of a pivoted QR, so that
 * $B \approx AX$ is nearly orthonormal where float64 has the digits for it. Errors are kept per column, as bounds on its
 * length: $\lVert(AX - B)_j\rVert \le \sum_k |x_{kj}|\,(\epsilon_k + \gamma\lVert a_k\rVert)$.
 *
 * Factors a matrix and tries the proof.
 *
 * @param a the float64 matrix, finite, with columns of lengths near 1
 * @param errors upper bounds on the length of what separates each true column from the one of `a`
 * @param checkpoint called often; whatever it throws ends the work
 */
export function precondition(a: Matrix, errors: Float64Array, checkpoint?: Checkpoint): Preconditioned {
  const { r, permutation } = pivotedQr(a, checkpoint);
  const x = upperInverse(lifted(r), checkpoint);
  const size = norm(x.data) * SAFE;
  const sigma = Number.isFinite(size) ? smallest(a, errors, x, permutation, checkpoint) : 0;
  return { sigma, x, permutation, size };
}

function smallest(
  a: Matrix,
  errors: Float64Array,
  x: Matrix,
  permutation: Int32Array,
  checkpoint?: Checkpoint,
): number {
  const { rows, columns } = a;
  const gamma = unitsOfRounding(columns + 3);
  // |fl(AX) - AX| <= gamma |A| |X|, and the error of A times |X|
  const perColumn = Float64Array.from(
    permutation,
    (k) => (errors[k]! + gamma * norm(column(a, k)) * SAFE) * SAFE,
  );
  const b = matrix(rows, columns);
  let squareOfErrors = 0;
  for (let j = 0; j < columns; j++) {
    checkpoint?.(2 * rows * (j + 1));
    const to = column(b, j);
    let bound = 0;
    for (let k = 0; k <= j; k++) {
      const factor = x.data[k + j * columns]!;
      const from = column(a, permutation[k]!);
      for (let i = 0; i < rows; i++) to[i] = to[i]! + from[i]! * factor;
      bound += perColumn[k]! * Math.abs(factor);
    }
    squareOfErrors += bound * bound;
  }
  // Sums of non-negative numbers: SAFE covers their own rounding, the constant every underflow.
  const distance = Math.sqrt(squareOfErrors) * SAFE * SAFE + 1e-280;
  const defect = defectOf(b, checkpoint);
  if (!(defect < 1)) return 0;
  const sigma = Math.sqrt(1 - defect) / SAFE - distance;
  return Math.max(sigma, 0);
}

/** An upper bound on $\lVert I - B^\top B\rVert_F$. */
function defectOf(b: Matrix, checkpoint?: Checkpoint): number {
  const { rows, columns } = b;
  let square = 0;
  let total = 0;
  for (let j = 0; j < columns; j++) {
    checkpoint?.(2 * rows * (j + 1));
    const v = column(b, j);
    for (let i = 0; i < j; i++) square += 2 * inner(column(b, i), v) ** 2;
    const own = inner(v, v);
    total += own;
    square += (own - 1) * (own - 1);
  }
  // |fl(B'B) - B'B|_F <= gamma |B|_F^2, whatever the order of the sums
  return (Math.sqrt(square) + unitsOfRounding(rows + 3) * total) * SAFE;
}

/** Four sums at once, which a processor adds side by side. */
function inner(u: Float64Array, v: Float64Array): number {
  const whole = u.length - (u.length % 4);
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let k = 0; k < whole; k += 4) {
    s0 += u[k]! * v[k]!;
    s1 += u[k + 1]! * v[k + 1]!;
    s2 += u[k + 2]! * v[k + 2]!;
    s3 += u[k + 3]! * v[k + 3]!;
  }
  for (let k = whole; k < u.length; k++) s0 += u[k]! * v[k]!;
  return s0 + s1 + (s2 + s3);
}

/** R with its small pivots lifted. */
function lifted(r: Matrix): Matrix {
  const result = matrix(r.rows, r.columns, r.data.slice());
  const least = SMALLEST_PIVOT * Math.abs(r.data[0]!);
  for (let i = 0; i < r.rows; i++) {
    const at = i + i * r.rows;
    if (Math.abs(result.data[at]!) < least) result.data[at] = least;
  }
  return result;
}
