import { MoeError } from '@tfjs-moe/core';
import { expectFinite, type Matrix, matrix } from './matrix.ts';

/** Eigenvalues of a symmetric matrix, with their vectors. */
export interface SymmetricEigen {
  /** Rising. */
  readonly values: Float64Array;
  /** $V$: column i belongs to value i. */
  readonly vectors: Matrix;
}

const MOST_SWEEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations, $A = V \Lambda V^\top$.
 *
 * For the small matrices of estimation: which directions of a Hessian rise, fall or are flat. Quadratic in the end, and
 * small eigenvalues of well-scaled matrices keep their digits; for hundreds of rows a tridiagonal method is faster.
 *
 * Decomposes a matrix, of which only the lower triangle is read.
 *
 * Source: Golub and Van Loan, "Matrix Computations" (2013), section 8.5.
 */
export function symmetricEigen(a: Matrix): SymmetricEigen {
  const n = a.rows;
  if (a.columns !== n)
    throw new MoeError('symmetricEigen', 'the matrix must be square', `${n} x ${a.columns}`);
  expectFinite('symmetricEigen', a);
  const work = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) work[i + j * n] = work[j + i * n] = a.data[i + j * n]!;
  }
  const vectors = new Float64Array(n * n);
  for (let j = 0; j < n; j++) vectors[j + j * n] = 1;
  for (let sweep = 0; ; sweep++) {
    if (sweep === MOST_SWEEPS)
      throw new MoeError('symmetricEigen', `no convergence in ${MOST_SWEEPS} sweeps`);
    let rotations = 0;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) if (rotate(work, vectors, n, p, q)) rotations++;
    }
    if (rotations === 0) break;
  }
  const order = Array.from({ length: n }, (_, j) => j).sort((i, j) => work[i + i * n]! - work[j + j * n]!);
  const sorted = matrix(n, n);
  order.forEach((from, to) => {
    sorted.data.set(vectors.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(order, (j) => work[j + j * n]!), vectors: sorted };
}

/** Turns p and q so that their entry vanishes; false where it is rounding already. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): boolean {
  const off = a[q + p * n]!;
  const [first, second] = [a[p + p * n]!, a[q + q * n]!];
  if (Math.abs(off) <= Number.EPSILON * Math.sqrt(Math.abs(first * second)) || off === 0) return false;
  if (Math.abs(off) < 1e-300) return false;
  const theta = (second - first) / (2 * off);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [u, w] = [a[k + p * n]!, a[k + q * n]!];
    a[k + p * n] = c * u - s * w;
    a[k + q * n] = s * u + c * w;
  }
  for (let k = 0; k < n; k++) {
    const [u, w] = [a[p + k * n]!, a[q + k * n]!];
    a[p + k * n] = c * u - s * w;
    a[q + k * n] = s * u + c * w;
  }
  a[q + p * n] = a[p + q * n] = 0;
  for (let k = 0; k < n; k++) {
    const [u, w] = [v[k + p * n]!, v[k + q * n]!];
    v[k + p * n] = c * u - s * w;
    v[k + q * n] = s * u + c * w;
  }
  return true;
}
