import { type Matrix, matrix, matrixProduct, symmetricEigen, transpose } from '@tfjs-moe/numerics';
import { symmetric, unitDiagonal } from '../climb/solve.ts';
import type { Coordinates } from '../problem/coordinates.ts';

/** Part of the largest eigenvalue below which a direction counts as flat: its standard error would have no digits. */
const FLAT = 1e-10;
/** Part of a flat direction that must be in a number for it to be undetermined. */
const LOADED = 1e-6;
/**
 * Variance of a logit's coordinate, times the number of observations, beyond which it has run to infinity: columns have unit
 * length, so that a coordinate of moderate size has a variance of a few over n.
 */
const RUNAWAY = 1e10;

/**
 * Covariances of the estimates: $C = (-\nabla^2 \ell)^{-1}$ where the information allows it, the sandwich $C J C$, and
 * which numbers the data do not determine.
 *
 * The information is decomposed with ones on its diagonal. Directions of next to no curvature are not inverted; a number
 * that moves along one of them has no standard error. So have the directions that are known to change nothing: where they
 * are curved, as a length against another, what is left of the gradient gives them some curvature, and that is none.
 */
export interface Covariance {
  /** In the layout's numbers. */
  readonly observed: Matrix;
  readonly sandwich: Matrix;
  /** Numbers that a flat direction moves. */
  readonly undetermined: ReadonlySet<number>;
  /** Flat directions in the layout's numbers, each with largest entry 1. */
  readonly flat: readonly Float64Array[];
  /** Directions of the coordinates, of unit curvature, in which the likelihood seems to rise. */
  readonly rising: readonly Float64Array[];
}

/**
 * @param hessian lower triangle, column-major, in coordinates
 * @param scores the outer product of the scores, likewise
 * @param frozen coordinates that are held at a bound
 * @param logits how many coordinates multiply columns of unit length in logits, and the number of observations
 * @param unseen how many directions are known to change nothing
 */
export function covarianceOf(
  coordinates: Pick<Coordinates, 'size' | 'jacobian'>,
  hessian: Float64Array,
  scores: Float64Array,
  frozen: ReadonlySet<number>,
  logits: { readonly until: number; readonly weight: number },
  unseen: number,
): Covariance {
  const { size, jacobian } = coordinates;
  const own = hessian.slice();
  for (const s of frozen) for (let j = 0; j < size; j++) own[Math.max(s, j) + Math.min(s, j) * size] = 0;
  const { scaled, scales } = unitDiagonal(own, size, -1);
  const { values, vectors } = symmetricEigen(scaled);
  const largest = Math.max(...values, 0);
  const flattest = Array.from(values.keys()).sort((j, k) => Math.abs(values[j]!) - Math.abs(values[k]!));
  const known = new Set(flattest.slice(0, unseen === 0 ? 0 : frozen.size + unseen));
  const inverse = matrix(size, size);
  const flat: FlatDirection[] = [];
  const rising: Float64Array[] = [];
  for (let k = 0; k < size; k++) {
    const vector = vectors.data.subarray(k * size, (k + 1) * size);
    if (values[k]! > FLAT * largest && !known.has(k)) {
      for (let j = 0; j < size; j++) {
        for (let i = 0; i < size; i++) {
          inverse.data[i + j * size] =
            inverse.data[i + j * size]! + (vector[i]! * scales[i]! * vector[j]! * scales[j]!) / values[k]!;
        }
      }
      continue;
    }
    // A coordinate without any curvature has no scale of its own.
    const direction = vector.map((value, j) => value * (scales[j]! || 1));
    if (values[k]! < -1e-7 * largest && !known.has(k))
      rising.push(direction.map((value) => value / Math.sqrt(-values[k]!)));
    const isFrozen = direction.every((value, j) => value === 0 || frozen.has(j));
    if (!isFrozen) flat.push(flatAlong(jacobian, direction));
  }
  for (let j = 0; j < logits.until; j++) {
    if (!(inverse.data[j + j * size]! * logits.weight > RUNAWAY)) continue;
    const unit = new Float64Array(size);
    unit[j] = 1;
    flat.push(flatAlong(jacobian, unit));
  }
  const middle = symmetric(scores, size);
  const outward = (inner: Matrix) => matrixProduct(matrixProduct(jacobian, inner), transpose(jacobian));
  return {
    observed: outward(inverse),
    sandwich: outward(matrixProduct(matrixProduct(inverse, middle), inverse)),
    undetermined: new Set(flat.flatMap(({ moved }) => moved)),
    flat: flat.map(({ direction }) => direction),
    rising,
  };
}

function times({ rows, columns, data }: Matrix, v: Float64Array): Float64Array {
  const result = new Float64Array(rows);
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) result[i] = result[i]! + data[i + j * rows]! * v[j]!;
  }
  return result;
}

export interface FlatDirection {
  /** In the layout's numbers, with largest entry 1. */
  readonly direction: Float64Array;
  /** The numbers that it moves. */
  readonly moved: readonly number[];
}

/** A direction of the coordinates without curvature, in the layout's numbers. */
export function flatAlong(jacobian: Matrix, along: Float64Array): FlatDirection {
  const moves = times(jacobian, along);
  const largest = moves.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const direction = moves.map((value) => (largest > 0 ? value / largest : 0));
  return { direction, moved: [...direction.keys()].filter((i) => Math.abs(direction[i]!) > LOADED) };
}
