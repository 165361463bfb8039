/**
 * Steps $\delta = A^{-1} b$ with a symmetric matrix that may be singular or, of a Hessian away from the maximum,
 * indefinite.
 */
import { cholesky, type Matrix, matrix, symmetricEigen } from '@tfjs-moe/numerics';

/** Directions with less than this part of the largest (scaled) curvature are not moved along. */
const NULL_PART = 1e-13;

/**
 * $A^{-1} b$ of a positive semidefinite matrix, of which the lower triangle is read; nothing moves along its null space.
 */
export function solveSemidefinite(information: Float64Array, b: Float64Array): Float64Array {
  const { scaled, scales } = unitDiagonal(information, b.length, 1);
  const right = b.map((value, j) => value * scales[j]!);
  const factored = cholesky(scaled);
  // A factor may exist by rounding alone; what it solves then would be noise.
  if (factored !== undefined && smallestPivot(factored.factor) > NULL_PART ** 0.5) {
    return factored.solve(right).map((value, j) => value * scales[j]!);
  }
  return spectral(scaled, right, scales, 1e-10).step;
}

export interface NewtonStep {
  readonly step: Float64Array;
  /** $\sqrt{g^\top |H|^{-1} g}$: how far the maximum is, in standard errors. */
  readonly distance: number;
  /** Whether $-H$ is positive definite: the point is under the cap of a maximum. */
  readonly concave: boolean;
  /** Where -H is not positive semidefinite: the direction in which the likelihood bends upwards most. */
  readonly rising?: Float64Array;
}

/**
 * Newton's step for a maximum, $|H|^{-1} g$: the absolute value of every eigenvalue, so that the likelihood rises also
 * where it is not concave (Dauphin et al., 2014).
 * @param hessian lower triangle, column-major
 * @param floor part of the largest curvature below which a direction is not moved along
 */
export function newtonStep(
  hessian: Float64Array,
  gradient: Float64Array,
  floor: number = NULL_PART,
): NewtonStep {
  const { scaled, scales } = unitDiagonal(hessian, gradient.length, -1);
  const right = gradient.map((value, j) => value * scales[j]!);
  const factored = cholesky(scaled);
  if (factored !== undefined && smallestPivot(factored.factor) > Math.sqrt(floor)) {
    const solution = factored.solve(right);
    const square = solution.reduce((sum, value, j) => sum + value * right[j]!, 0);
    return {
      step: solution.map((value, j) => value * scales[j]!),
      distance: Math.sqrt(Math.max(0, square)),
      concave: true,
    };
  }
  return spectral(scaled, right, scales, floor);
}

/** Newton's step over $|H| + \lambda \max |H|$ for any damping $\lambda$. */
export function dampedNewton(
  hessian: Float64Array,
  gradient: Float64Array,
): (damping: number) => Float64Array {
  const size = gradient.length;
  const { scaled, scales } = unitDiagonal(hessian, size, -1);
  const { values, vectors } = symmetricEigen(scaled);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const along = Float64Array.from({ length: size }, (_, k) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += vectors.data[j + k * size]! * gradient[j]! * scales[j]!;
    return sum;
  });
  return (damping) => {
    const step = new Float64Array(size);
    for (let k = 0; k < size; k++) {
      const part = along[k]! / (Math.abs(values[k]!) + damping * largest || 1);
      for (let j = 0; j < size; j++) step[j] = step[j]! + vectors.data[j + k * size]! * part * scales[j]!;
    }
    return step;
  };
}

function spectral(scaled: Matrix, right: Float64Array, scales: Float64Array, nullPart: number): NewtonStep {
  const size = right.length;
  const { values, vectors } = symmetricEigen(scaled);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const step = new Float64Array(size);
  let square = 0;
  let concave = true;
  for (let k = 0; k < size; k++) {
    const curvature = Math.abs(values[k]!);
    if (values[k]! < -1e-9 * largest) concave = false;
    if (curvature <= nullPart * largest) continue;
    let along = 0;
    for (let j = 0; j < size; j++) along += vectors.data[j + k * size]! * right[j]!;
    square += (along * along) / curvature;
    for (let j = 0; j < size; j++) step[j] = step[j]! + (vectors.data[j + k * size]! * along) / curvature;
  }
  // Eigenvalues ascend: the first is the most negative.
  const rising = vectors.data
    .slice(0, size)
    .map((value, j) => (value * scales[j]!) / Math.sqrt(Math.abs(values[0]!)));
  return {
    step: step.map((value, j) => value * scales[j]!),
    distance: Math.sqrt(square),
    concave,
    ...(!concave && { rising }),
  };
}

/** A matrix from its lower triangle. */
export function symmetric(lower: Float64Array, size: number): Matrix {
  const full = matrix(size, size);
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) full.data[i + j * size] = full.data[j + i * size] = lower[i + j * size]!;
  }
  return full;
}

/** $D (\pm A) D$ with ones on the diagonal where A has something there. */
export function unitDiagonal(
  a: Float64Array,
  size: number,
  sign: 1 | -1,
): { scaled: Matrix; scales: Float64Array } {
  const largest = Array.from({ length: size }, (_, j) => Math.abs(a[j + j * size]!)).reduce(
    (x, y) => Math.max(x, y),
    0,
  );
  const scales = Float64Array.from({ length: size }, (_, j) => {
    const own = Math.abs(a[j + j * size]!);
    return own > 1e-20 * largest ? 1 / Math.sqrt(own) : 0;
  });
  const scaled = matrix(size, size);
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      const value = sign * a[i + j * size]! * scales[i]! * scales[j]!;
      scaled.data[i + j * size] = value;
      scaled.data[j + i * size] = value;
    }
  }
  return { scaled, scales };
}

function smallestPivot({ rows, data }: Matrix): number {
  let smallest = Infinity;
  for (let j = 0; j < rows; j++) smallest = Math.min(smallest, data[j + j * rows]!);
  return rows === 0 ? 1 : smallest;
}
