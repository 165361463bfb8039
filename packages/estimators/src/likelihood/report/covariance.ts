import { type Matrix, matrix, matrixProduct, symmetricEigen, transpose } from '@tfjs-moe/numerics';
import { symmetric, unitDiagonal } from '../climb/solve.ts';
import type { Coordinates } from '../problem/coordinates.ts';

/** Part of the largest eigenvalue below which a direction counts as flat: its standard error would have no digits. */
const FLAT = 1e-10;
/** How far a flat direction must move a number for it to be undetermined, as a part of what a direction could move it. */
const LOADED = 1e-6;
/**
 * Variance of a logit's coordinate, times the number of observations, beyond which it has run to infinity: columns have unit
 * length, so that a coordinate of moderate size has a variance of a few over n.
 */
const RUNAWAY = 1e10;
/**
 * Information, of all rows together, below which it has likewise: a standard error of a thousand logits. Where weights are
 * only relative, as those of a survey with sum 1, each row counts as one.
 */
const LEAST_INFORMATION = 1e-6;

/** A direction without curvature. */
export interface FlatDirection {
  /** In coordinates. */
  readonly along: Float64Array;
  /** In the layout's numbers, with largest entry 1, and 0 where it moves nothing. */
  readonly direction: Float64Array;
  /** The numbers that it moves. */
  readonly moved: readonly number[];
}

/**
 * Covariances of the estimates: $C = (-\nabla^2 \ell)^{-1}$ where the information allows it, the sandwich $C J C$, and
 * which numbers the data do not determine.
 *
 * First what has run to infinity is held: directions of a gate, or of the logits of classes, with next to no curvature
 * although their columns have unit length. What is left is decomposed with ones on its diagonal. Directions of next to no
 * curvature are not inverted; a number that moves along one of them has no standard error, but a difference of two that it
 * moves alike does. So have none the directions that are known to change nothing: where they are curved, as a length against
 * another, what is left of the gradient gives them some curvature, and that is none.
 */
export interface Covariance {
  /** In the layout's numbers: of everything that no flat direction moves. */
  readonly observed: Matrix;
  readonly sandwich: Matrix;
  /** Numbers that a flat direction moves. */
  readonly undetermined: ReadonlySet<number>;
  readonly flat: readonly FlatDirection[];
  /** Directions of the coordinates, of unit curvature, in which the likelihood seems to rise. */
  readonly rising: readonly Float64Array[];
}

/** Coordinates that multiply columns of unit length in logits: those of the gate come first, then those of classes. */
export interface UnitLogits {
  readonly gate: number;
  readonly until: number;
  /** The number of observations. */
  readonly weight: number;
  /** What a row weighs on average, at most 1. */
  readonly rowWeight: number;
}

/**
 * @param hessian lower triangle, column-major, in coordinates
 * @param scores the outer product of the scores, likewise
 * @param frozen coordinates that are held at a bound
 * @param unseen how many directions are known to change nothing
 */
export function covarianceOf(
  coordinates: Pick<Coordinates, 'size' | 'jacobian'>,
  hessian: Float64Array,
  scores: Float64Array,
  frozen: ReadonlySet<number>,
  logits: UnitLogits,
  unseen: number,
): Covariance {
  const { size, jacobian } = coordinates;
  const { held, free } = dividedByInfinity(hessian, size, logits);
  if (held.length === 0) return withinReach(coordinates, hessian, scores, frozen, logits, unseen);
  const turned = transpose(free);
  const within = (lower: Float64Array) =>
    matrixProduct(matrixProduct(turned, symmetric(lower, size)), free).data;
  const lost = held.length;
  const found = withinReach(
    { size: size - lost, jacobian: matrixProduct(jacobian, free) },
    within(hessian),
    within(scores),
    new Set([...frozen].map((place) => place - lost)),
    { ...logits, until: logits.until - lost },
    Math.max(0, unseen - lost),
  );
  return inAllCoordinates(found, jacobian, free, held);
}

/** Covariances along some directions, and none along others, as those of all coordinates. */
export function inAllCoordinates(
  found: Covariance,
  jacobian: Matrix,
  free: Matrix,
  held: readonly Float64Array[],
): Covariance {
  const outward = (direction: Float64Array) =>
    matrixProduct(free, { rows: direction.length, columns: 1, data: direction }).data;
  const flat = [
    ...found.flat.map(({ along }) => flatAlong(jacobian, outward(along))),
    ...held.map((direction) => flatAlong(jacobian, direction)),
  ];
  return {
    ...found,
    rising: found.rising.map(outward),
    flat,
    undetermined: new Set(flat.flatMap(({ moved }) => moved)),
  };
}

/** Orthonormal directions that have run to infinity, of the gate and of classes, and columns that span the others. */
function dividedByInfinity(
  hessian: Float64Array,
  size: number,
  { gate, until, weight, rowWeight }: UnitLogits,
): { readonly held: readonly Float64Array[]; readonly free: Matrix } {
  const held: Float64Array[] = [];
  const others: Float64Array[] = [];
  const full = symmetric(hessian, size);
  const least = Math.max(weight / RUNAWAY, LEAST_INFORMATION * rowWeight);
  for (const [from, to] of [
    [0, Math.min(gate, until)],
    [Math.min(gate, until), until],
  ] as const) {
    const block = matrix(to - from, to - from);
    for (let j = from; j < to; j++) {
      for (let i = from; i < to; i++) {
        block.data[i - from + (j - from) * block.rows] = -full.data[i + j * size]!;
      }
    }
    if (block.rows === 0) continue;
    const { values, vectors } = symmetricEigen(block);
    values.forEach((value, k) => {
      const direction = new Float64Array(size);
      direction.set(vectors.data.subarray(k * block.rows, (k + 1) * block.rows), from);
      (Math.abs(value) < least ? held : others).push(direction);
    });
  }
  const free = matrix(size, size - held.length);
  others.forEach((direction, k) => {
    free.data.set(direction, k * size);
  });
  for (let j = until; j < size; j++) free.data[j + (j - held.length) * size] = 1;
  return { held, free };
}

/** Covariances of what has not run to infinity. */
function withinReach(
  coordinates: Pick<Coordinates, 'size' | 'jacobian'>,
  hessian: Float64Array,
  scores: Float64Array,
  frozen: ReadonlySet<number>,
  { until, weight }: UnitLogits,
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
  for (let j = 0; j < until; j++) {
    if (!(inverse.data[j + j * size]! * weight > RUNAWAY)) continue;
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
    flat,
    rising,
  };
}

/** A direction of the coordinates without curvature. */
function flatAlong(jacobian: Matrix, along: Float64Array): FlatDirection {
  const { rows, columns, data } = jacobian;
  const length = Math.sqrt(along.reduce((sum, value) => sum + value * value, 0));
  const direction = new Float64Array(rows);
  const moved: number[] = [];
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    let reach = 0;
    for (let j = 0; j < columns; j++) {
      const slope = data[i + j * rows]!;
      sum += slope * along[j]!;
      reach += slope * slope;
    }
    // By what the number could move, and not by other numbers, which may have other units.
    if (!(Math.abs(sum) > LOADED * Math.sqrt(reach) * length)) continue;
    direction[i] = sum;
    moved.push(i);
  }
  const largest = direction.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { along, direction: direction.map((value) => (largest > 0 ? value / largest : 0)), moved };
}
