/**
 * The search behind the second-order criterion, in float64: weights on the points whose integrals of second derivatives
 * are positive definite while those of the free functions vanish. What it finds is proved elsewhere or not used.
 *
 * Integrals that weights orthogonal to the free functions can have form a subspace R of symmetric matrices. Alternating
 * projections between R and $\{Q \succeq I\}$ meet if R has a positive definite element; if not, a positive semidefinite
 * matrix is orthogonal to R (theorem of alternatives), and the step between them converges to one.
 */
import {
  column,
  type Matrix,
  matrix,
  norm,
  type PivotedQr,
  packedSize,
  pivotedQr,
  singularValues,
} from '@tfjs-moe/numerics';
import type { Allowance } from '../decide/allowance.ts';
import { eigen, isometry, withEigenvalues } from './symmetric.ts';

/** The functions at some points. */
export interface Sampled {
  /** points x free functions */
  readonly free: Matrix;
  /** Per block: points x entries of the lower triangle. */
  readonly curved: readonly Matrix[];
  /** Per block: number of coordinates. */
  readonly sizes: readonly number[];
}

/** Singular values below this part of the largest are rounding, or as good as. */
const RANK_TOLERANCES = [1e-12, 1e-9];
const MOST_STEPS = 2000;
/** Rotations of all pairs of rows until singular values and eigenvalues have settled, in operations per entry. */
const SWEEPS = 30;
/** The smallest part of the largest eigenvalue that is worth a proof. */
const DEFINITE = 1e-7;

/** What is left of functions when the free ones are projected out. */
export interface Projection {
  /** Of the free functions, each divided by its length. */
  readonly qr: PivotedQr;
  readonly lengths: Float64Array;
  /** The part of a column orthogonal to the free functions, in coordinates of an orthonormal basis. */
  rest(values: Float64Array): Float64Array;
}

export function projectOut(free: Matrix, { spend }: Allowance): Projection {
  const scaled = matrix(free.rows, free.columns, free.data.slice());
  const lengths = new Float64Array(free.columns);
  for (let j = 0; j < scaled.columns; j++) {
    const entries = column(scaled, j);
    const length = norm(entries) || 1;
    lengths[j] = length;
    for (let i = 0; i < entries.length; i++) entries[i] = entries[i]! / length;
  }
  const qr = pivotedQr(scaled, spend);
  return {
    qr,
    lengths,
    rest(values) {
      const turned = values.slice();
      qr.applyTransposed(turned);
      return turned.subarray(free.columns);
    },
  };
}

/** Weights on the points, or nothing. */
export function searchWeights(
  { free, curved, sizes }: Sampled,
  projection: Projection,
  { spend }: Allowance,
): Float64Array | undefined {
  const rows = free.rows - free.columns;
  // Coordinates of equal curvature, and lists as long as their matrices.
  const scales = curved.map((of, block) => coordinateScales(of, sizes[block]!));
  const entries = sizes.map(packedSize);
  const offsets = entries.map((_, block) => entries.slice(0, block).reduce((a, b) => a + b, 0));
  const rest = matrix(
    rows,
    entries.reduce((a, b) => a + b, 0),
  );
  curved.forEach((of, block) => {
    const weights = isometry(sizes[block]!);
    for (let k = 0; k < entries[block]!; k++) {
      const into = column(rest, offsets[block]! + k);
      const factor = weights[k]! * scales[block]![k]!;
      projection.rest(column(of, k)).forEach((value, i) => {
        into[i] = value * factor;
      });
    }
  });
  const { combination } = combinationOf(rest, sizes, { spend });
  if (combination === undefined) return undefined;
  const weights = new Float64Array(free.rows);
  for (let j = 0; j < rest.columns; j++) {
    const from = column(rest, j);
    for (let n = 0; n < rows; n++)
      weights[free.columns + n] = weights[free.columns + n]! + combination[j]! * from[n]!;
  }
  projection.qr.apply(weights);
  return weights;
}

/** What the search for integrals that are positive definite found. */
export interface Combination {
  /** A number per column. */
  readonly combination?: Float64Array;
  /** Where there is none: per block the directions whose integrals stay small, in an orthonormal basis, those first. */
  readonly soft?: readonly (readonly Float64Array[])[];
}

/**
 * How to combine the second derivatives, as vectors of their values at the points, to weights whose integrals of them are
 * positive definite.
 * @param rest a column per entry of the lower triangles, those off the diagonal times $\sqrt2$, of size 1 on the diagonals
 */
export function combinationOf(
  rest: Matrix,
  sizes: readonly number[],
  { spend }: Pick<Allowance, 'spend'>,
): Combination {
  const entries = sizes.map(packedSize);
  const offsets = entries.map((_, block) => entries.slice(0, block).reduce((a, b) => a + b, 0));
  spend(SWEEPS * rest.rows * rest.columns ** 2);
  const { values, right } = singularValues(rest);
  let soft: Combination['soft'] = [];
  for (const tolerance of RANK_TOLERANCES) {
    const basis = Array.from({ length: values.length }, (_, i) => i).filter(
      (i) => values[i]! > tolerance * values[0]!,
    );
    const project = (q: Float64Array) => {
      spend(2 * basis.length * q.length);
      const parts = basis.map((i) => inner(column(right, i), q));
      const result = new Float64Array(q.length);
      basis.forEach((i, k) => {
        add(result, column(right, i), parts[k]!);
      });
      return { result, parts };
    };
    const { point, gap } = alternate(sizes, offsets, entries, (q) => {
      spend(sizes.reduce((sum, size) => sum + SWEEPS * size ** 3, 0));
      return project(q).result;
    });
    if (point) {
      const { parts } = project(point);
      const combination = new Float64Array(rest.columns);
      basis.forEach((i, k) => {
        add(combination, column(right, i), parts[k]! / values[i]! ** 2);
      });
      return { combination };
    }
    soft = gap;
  }
  return soft ? { soft } : {};
}

/** A point of the subspace that is positive definite, or else where the step to it is largest, block by block. */
function alternate(
  sizes: readonly number[],
  offsets: readonly number[],
  entries: readonly number[],
  project: (q: Float64Array) => Float64Array,
): { readonly point?: Float64Array; readonly gap?: readonly (readonly Float64Array[])[] } {
  const total = entries.reduce((a, b) => a + b, 0);
  const weights = sizes.map(isometry);
  let raised: Float64Array = new Float64Array(total);
  sizes.forEach((size, block) => {
    for (let i = 0; i < size; i++) raised[offsets[block]! + packedSize(i + 1) - 1] = 1;
  });
  for (let step = 0; ; step++) {
    const point = project(raised);
    const next = new Float64Array(total);
    let [least, most] = [Infinity, 0];
    const gap: Float64Array[][] = [];
    sizes.forEach((size, block) => {
      const part = point
        .slice(offsets[block], offsets[block]! + entries[block]!)
        .map((value, k) => value / weights[block]![k]!);
      const spectrum = eigen(part, size);
      for (const value of spectrum.values) {
        least = Math.min(least, value);
        most = Math.max(most, Math.abs(value));
      }
      const order = [...spectrum.values.keys()].sort((a, b) => spectrum.values[a]! - spectrum.values[b]!);
      gap.push(order.map((i) => spectrum.vectors[i]!));
      withEigenvalues(spectrum, (value) => Math.max(value, 1)).forEach((value, k) => {
        next[offsets[block]! + k] = value * weights[block]![k]!;
      });
    });
    if (least > DEFINITE * most && least > 0.01) return { point };
    if (step === MOST_STEPS) return { gap };
    raised = next;
  }
}

/** Factors of coordinates that bring second derivatives to size 1, per entry of the triangle. */
function coordinateScales(of: Matrix, size: number): number[] {
  const own = Array.from({ length: size }, (_, i) => {
    const length = norm(column(of, packedSize(i + 1) - 1)) / Math.sqrt(of.rows);
    return length > 0 ? 1 / Math.sqrt(length) : 1;
  });
  return own.flatMap((a, i) => own.slice(0, i + 1).map((b) => a * b));
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function add(into: Float64Array, a: Float64Array, factor: number): void {
  for (let i = 0; i < into.length; i++) into[i] = into[i]! + factor * a[i]!;
}
