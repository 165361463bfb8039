import { MoeError } from '@tfjs-moe/core';
import type { Checkpoint } from '../checkpoint.ts';
import { commonPoints, type DoubleBall } from '../double-ball/double-ball.ts';
import { column, type Matrix, matrix, norm } from '../linear/matrix.ts';
import type { RankCertificate } from './certify-rank.ts';
import { precondition } from './float64-proof.ts';
import { SAFE } from './rounding.ts';

/** A certificate of rank, with the number of points that it rests on. */
export interface PointCertificate extends RankCertificate {
  /** The points that were used: those at which every function is known. */
  readonly points: number;
}

/** Veltkamp's splitting constant. */
const SPLIT = 134217729;
/** Covers every underflow in a column. */
const TINY = 1e-280;

/** A as columns, $\lVert A_j - (h_j + l_j)\rVert \le e_j$. */
interface Enclosed {
  readonly high: Matrix;
  readonly low: Matrix;
  readonly errors: Float64Array;
}

/**
 * A proof that functions are linearly independent from double-double numbers with radii: the certificate of
 * `certifyRank` in float64, and, where float64 has too few digits, after products with X in double-double.
 *
 * Each product $A \mapsto AX$ mends about 15 decimal digits, so one or two bring functions that agree to 25 digits within
 * reach of float64. Beyond that, take balls. With $T = \sum_k |a_k||x_{kj}|$, a column of a product of n terms errs by
 * at most $(3n + 9)u^2T$, $u = 2^{-53}$: `double-ball-arithmetic.md` of this package.
 *
 * @param functions their values at common points; points at which one of them is unknown are left out
 * @param maxSteps how often A may be multiplied. Default 4; 0 for float64 alone
 * @param checkpoint called often; whatever it throws ends the work
 */
export function certifyDoubleBalls(
  functions: readonly DoubleBall[],
  maxSteps = 4,
  checkpoint?: Checkpoint,
): PointCertificate {
  if (functions.length === 0) {
    throw new MoeError('certifyDoubleBalls', 'there must be at least one function');
  }
  let current = known(functions);
  const points = current.high.rows;
  const without = (steps: number, reason: 'precision' | 'steps'): PointCertificate => ({
    certified: false,
    sigmaMin: 0,
    steps,
    reason,
    points,
  });
  if (points < functions.length) return without(0, 'precision');
  // log2 of an upper bound on the norm of everything that A was multiplied with.
  let growth = 0;
  for (let steps = 0; ; steps++) {
    const scaled = scaleColumns(current);
    if (scaled === undefined) return without(steps, 'precision');
    growth += scaled;
    const { high, low, errors } = current;
    const all = errors.map((error, j) => (error + norm(column(low, j))) * SAFE + TINY);
    const { sigma, x, permutation, size } = precondition(high, all, checkpoint);
    if (sigma > 0) {
      const sigmaMin = (sigma / size / SAFE) * 2 ** -(growth + 1e-6);
      return { certified: true, sigmaMin, steps, points };
    }
    if (steps === maxSteps || !Number.isFinite(size)) return without(steps, 'steps');
    current = times(current, x, permutation, checkpoint);
    growth += Math.log2(size);
  }
}

/** The values at the points where all are known. */
function known(functions: readonly DoubleBall[]): Enclosed {
  const points = commonPoints(...functions);
  const isKnown = new Uint8Array(points).fill(1);
  for (const { high, low, rad } of functions) {
    for (let n = 0; n < points; n++) {
      const i = high.length === 1 ? 0 : n;
      if (!Number.isFinite(high[i]! + low[i]! + rad[i]!)) isKnown[n] = 0;
    }
  }
  const kept = Array.from(isKnown.keys()).filter((n) => isKnown[n] === 1);
  const high = matrix(kept.length, functions.length);
  const low = matrix(kept.length, functions.length);
  const radii = new Float64Array(kept.length);
  const errors = Float64Array.from(functions, (of, j) => {
    const [toHigh, toLow] = [column(high, j), column(low, j)];
    kept.forEach((n, i) => {
      const from = of.high.length === 1 ? 0 : n;
      toHigh[i] = of.high[from]!;
      toLow[i] = of.low[from]!;
      radii[i] = of.rad[from]!;
    });
    return norm(radii) * SAFE;
  });
  return { high, low, errors };
}

/**
 * Brings the largest entry of every column near 1, in place, by powers of two; returns the logarithm of the largest
 * one, or nothing where a column may be zero.
 */
function scaleColumns({ high, low, errors }: Enclosed): number | undefined {
  let growth = -Infinity;
  for (let j = 0; j < high.columns; j++) {
    const entries = column(high, j);
    const largest = entries.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (!(largest > errors[j]! && largest > 1e-200 && largest < 1e200)) return undefined;
    const shift = -Math.round(Math.log2(largest));
    const factor = 2 ** shift;
    growth = Math.max(growth, shift);
    for (const list of [entries, column(low, j)])
      for (let i = 0; i < list.length; i++) list[i] = list[i]! * factor;
    errors[j] = errors[j]! * factor + TINY;
  }
  return growth;
}

/** A X in double-double. */
function times(
  { high, low, errors }: Enclosed,
  x: Matrix,
  permutation: Int32Array,
  checkpoint?: Checkpoint,
): Enclosed {
  const { rows, columns } = high;
  const rounding = (3 * columns + 9) * 2 ** -106;
  const perColumn = Float64Array.from(
    permutation,
    (k) => (errors[k]! + rounding * norm(column(high, k)) * SAFE) * SAFE,
  );
  const result = { high: matrix(rows, columns), low: matrix(rows, columns) };
  const bounds = new Float64Array(columns);
  for (let j = 0; j < columns; j++) {
    checkpoint?.(20 * rows * (j + 1));
    const [toHigh, toLow] = [column(result.high, j), column(result.low, j)];
    let bound = 0;
    for (let k = 0; k <= j; k++) {
      const factor = x.data[k + j * columns]!;
      bound += Math.abs(factor) * perColumn[k]!;
      const from = permutation[k]!;
      accumulate(toHigh, toLow, column(high, from), column(low, from), factor);
    }
    bounds[j] = bound * SAFE + TINY;
  }
  return { ...result, errors: bounds };
}

/** sum += column * factor, with the exact product and the exact sum of the high parts. */
function accumulate(
  toHigh: Float64Array,
  toLow: Float64Array,
  high: Float64Array,
  low: Float64Array,
  factor: number,
): void {
  const scaledFactor = SPLIT * factor;
  const factorHigh = scaledFactor - (scaledFactor - factor);
  const factorLow = factor - factorHigh;
  for (let i = 0; i < high.length; i++) {
    const a = high[i]!;
    const p = a * factor;
    const scaled = SPLIT * a;
    const aHigh = scaled - (scaled - a);
    const aLow = a - aHigh;
    const e = aHigh * factorHigh - p + aHigh * factorLow + aLow * factorHigh + aLow * factorLow;
    const before = toHigh[i]!;
    const s = before + p;
    const part = s - before;
    const rest = before - (s - part) + (p - part);
    const w = rest + (toLow[i]! + (e + low[i]! * factor));
    const sum = s + w;
    const sumPart = sum - s;
    toHigh[i] = sum;
    toLow[i] = s - (sum - sumPart) + (w - sumPart);
  }
}
