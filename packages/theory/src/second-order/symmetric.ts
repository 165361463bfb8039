/**
 * Small symmetric matrices as lists: the isometry between a matrix and its lower triangle, and eigenvalues by Jacobi
 * rotations. For a search whose result is proved elsewhere.
 */
import { packed, packedSize } from '@tfjs-moe/numerics';

/** Eigenvalues with their vectors, `vectors[i]` for `values[i]`. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: readonly Float64Array[];
}

const MOST_SWEEPS = 40;

/** Of a symmetric matrix given by its lower triangle row by row. */
export function eigen(triangle: ArrayLike<number>, size: number): Eigen {
  const a = Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: size }, (__, j) => triangle[packed(i, j)]!),
  );
  const vectors = Array.from({ length: size }, (_, i) => {
    const unit = new Float64Array(size);
    unit[i] = 1;
    return unit;
  });
  const scale = Math.max(...a.map((row) => Math.hypot(...row)), Number.MIN_VALUE);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let rotations = 0;
    for (let i = 1; i < size; i++) {
      for (let j = 0; j < i; j++) {
        if (Math.abs(a[i]![j]!) <= 1e-16 * scale) continue;
        rotations++;
        rotate(a, vectors, i, j);
      }
    }
    if (rotations === 0) break;
  }
  return { values: Float64Array.from(a, (row, i) => row[i]!), vectors };
}

/** Makes entry (i, j) zero. */
function rotate(a: readonly Float64Array[], vectors: readonly Float64Array[], i: number, j: number): void {
  const zeta = (a[j]![j]! - a[i]![i]!) / (2 * a[i]![j]!);
  const tangent = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = cosine * tangent;
  const mix = (u: Float64Array, v: Float64Array) => {
    for (let k = 0; k < u.length; k++) {
      const [p, q] = [u[k]!, v[k]!];
      u[k] = cosine * p - sine * q;
      v[k] = sine * p + cosine * q;
    }
  };
  mix(a[i]!, a[j]!);
  for (const row of a) {
    const [p, q] = [row[i]!, row[j]!];
    row[i] = cosine * p - sine * q;
    row[j] = sine * p + cosine * q;
  }
  mix(vectors[i]!, vectors[j]!);
}

/** The matrix with the eigenvalues that `change` makes of the old ones. */
export function withEigenvalues({ values, vectors }: Eigen, change: (value: number) => number): Float64Array {
  const size = values.length;
  const result = new Float64Array(packedSize(size));
  values.forEach((value, k) => {
    const changed = change(value);
    const vector = vectors[k]!;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        const at = packed(i, j);
        result[at] = result[at]! + changed * vector[i]! * vector[j]!;
      }
    }
  });
  return result;
}

/**
 * What the entries of a lower triangle are multiplied with so that the length of the list is that of the matrix:
 * $\sqrt2$ off the diagonal.
 */
export function isometry(size: number): Float64Array {
  const weights = new Float64Array(packedSize(size)).fill(Math.SQRT2);
  for (let i = 0; i < size; i++) weights[packed(i, i)] = 1;
  return weights;
}
