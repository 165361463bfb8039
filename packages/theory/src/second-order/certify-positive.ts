import { type Checkpoint, integerProduct, packed, packedSize } from '@tfjs-moe/numerics';
import { type Ball, ballOf, ballToNumber } from '@tfjs-moe/numerics/precise';
import { certifyRank } from '@tfjs-moe/numerics/rank';
import type { Allowance } from '../decide/allowance.ts';
import type { Projection } from './search.ts';
import { eigen } from './symmetric.ts';

export interface BallRow {
  readonly free: readonly Ball[];
  readonly curved: readonly (readonly Ball[])[];
}

export interface PositiveCertificate {
  readonly sigmaMin: number;
  readonly curvature: number;
  /** The measure: a weight per row, in units of $2^{-p}$. */
  readonly weights: readonly bigint[];
}

/** Weights to begin with: of float64, which are refined, or integers in units of $2^{-p}$, which are not. */
export type Start =
  | { readonly weights: Float64Array; readonly projection: Projection }
  | { readonly weights: readonly bigint[] };

const MOST_REFINEMENTS = 16;
/** Covers the roundings of float64 bounds. */
const SAFE = 1 + 1e-6;

/**
 * The proof that the second-order criterion holds: a signed measure on finitely many inputs that integrates every free
 * function to zero and the second derivatives of every over-fitted atom to a positive definite matrix.
 *
 * If $c^\top F_0 + v^\top F_1 + \tfrac12\langle M, F_2\rangle = 0$, its integral is $\tfrac12\langle M, Q\rangle = 0$, so
 * $M \succeq 0$ must be zero. Weights are integers in units of $2^{-p}$ and integrate the free functions to a residual r
 * that is not quite zero. It can be made zero: at these points the free functions have full column rank, with smallest
 * singular value at least $\sigma$, so a correction of the weights of length at most $\lVert r\rVert/\sigma$ exists,
 * which changes entry (i, j) of Q by at most $\lVert r\rVert\,\lVert F_{2,ij}\rVert/\sigma$. All this is bounded in
 * ball arithmetic, and that Q minus all its errors is positive definite is checked by exact elimination.
 *
 * The proof, or nothing.
 */
export function certifyPositive(
  rows: readonly BallRow[],
  sizes: readonly number[],
  start: Start,
  bits: number,
  { spend }: Allowance,
): PositiveCertificate | undefined {
  const { certified, sigmaMin } = certifyRank(
    rows.map(({ free }) => free),
    bits,
    undefined,
    spend,
  );
  if (!certified) return undefined;
  const { weights, residual } =
    'projection' in start
      ? refined(rows, start.weights, start.projection, bits, spend)
      : {
          weights: start.weights,
          residual: residualOf(rows, start.weights, rows[0]!.free.length, bits).size,
        };
  const correction = (residual / sigmaMin) * SAFE;
  let curvature = Infinity;
  for (const [block, size] of sizes.entries()) {
    spend(packedSize(size) * (2 * rows.length + size) * integerProduct(bits));
    const least = leastEigenvalue(rows, block, size, weights, correction, bits);
    if (least === undefined) return undefined;
    curvature = Math.min(curvature, least);
  }
  const mass = weights.reduce((sum, w) => sum + Math.abs(ballToNumber({ mid: w, rad: 0n }, bits)), 0);
  return { sigmaMin, curvature: curvature / (mass * SAFE), weights };
}

/** Weights that integrate the free functions to nearly zero, and an upper bound on what is left. */
function refined(
  rows: readonly BallRow[],
  start: Float64Array,
  { qr, lengths }: Projection,
  bits: number,
  spend: Checkpoint,
): { weights: bigint[]; residual: number } {
  const count = lengths.length;
  let weights = Array.from(start, (w) => ballOf(w, bits).mid);
  let best = { weights, residual: Infinity };
  for (let step = 0; step < MOST_REFINEMENTS; step++) {
    spend(rows.length * count * integerProduct(bits));
    const { middles, size } = residualOf(rows, weights, count, bits);
    if (!(size < best.residual)) break;
    best = { weights, residual: size };
    // The shortest correction: minus Q R^-T applied to the residual of the scaled, permuted functions.
    const y = new Float64Array(rows.length);
    for (let i = 0; i < count; i++) {
      let sum = middles[qr.permutation[i]!]! / lengths[qr.permutation[i]!]!;
      for (let k = 0; k < i; k++) sum -= qr.r.data[k + i * qr.r.rows]! * y[k]!;
      y[i] = sum / qr.r.data[i + i * qr.r.rows]!;
    }
    qr.apply(y);
    if (!y.every(Number.isFinite)) break;
    weights = weights.map((w, n) => w - ballOf(y[n]!, bits).mid);
  }
  return best;
}

function residualOf(rows: readonly BallRow[], weights: readonly bigint[], count: number, bits: number) {
  const middles = new Float64Array(count);
  let square = 0;
  for (let j = 0; j < count; j++) {
    const { mid, rad } = integral(rows, weights, ({ free }) => free[j]!);
    middles[j] = ballToNumber({ mid, rad: 0n }, 2 * bits);
    square += (ballToNumber({ mid: (mid < 0n ? -mid : mid) + rad + 1n, rad: 0n }, 2 * bits) * SAFE) ** 2;
  }
  return { middles, size: Math.sqrt(square) * SAFE + 1e-290 };
}

/** $\sum_n w_n f(x_n)$ in units of $2^{-2p}$, without rounding. */
function integral(
  rows: readonly BallRow[],
  weights: readonly bigint[],
  of: (row: BallRow) => Ball,
): { mid: bigint; rad: bigint } {
  let mid = 0n;
  let rad = 0n;
  rows.forEach((row, n) => {
    const w = weights[n]!;
    const value = of(row);
    mid += w * value.mid;
    rad += (w < 0n ? -w : w) * value.rad;
  });
  return { mid, rad };
}

/** A proved lower bound on the smallest eigenvalue of one block of Q, above zero; nothing if there is none. */
function leastEigenvalue(
  rows: readonly BallRow[],
  block: number,
  size: number,
  weights: readonly bigint[],
  correction: number,
  bits: number,
): number | undefined {
  const entries = packedSize(size);
  const middles: bigint[] = [];
  const errors = new Float64Array(entries);
  for (let k = 0; k < entries; k++) {
    const { mid, rad } = integral(rows, weights, ({ curved }) => curved[block]![k]!);
    middles.push(mid);
    let square = 0;
    for (const { curved } of rows) {
      const value = curved[block]![k]!;
      square +=
        (ballToNumber({ mid: (value.mid < 0n ? -value.mid : value.mid) + value.rad + 1n, rad: 0n }, bits) *
          SAFE) **
        2;
    }
    errors[k] = (ballToNumber({ mid: rad + 1n, rad: 0n }, 2 * bits) + correction * Math.sqrt(square)) * SAFE;
  }
  // Powers of two that bring the diagonal near 1: exact, and kinder to the bound.
  const shifts = Array.from({ length: size }, (_, i) => {
    const entry = ballToNumber({ mid: middles[packed(i, i)]!, rad: 0n }, 2 * bits);
    return entry > 0 ? -Math.round(Math.log2(entry) / 2) : undefined;
  });
  if (shifts.includes(undefined)) return undefined;
  const shiftOf = (i: number, j: number) => shifts[i]! + shifts[j]!;
  // From here on in units of 2^-60: entries are cut, and the cut is an error of at most one unit.
  const unit = 60;
  const scaled: bigint[][] = Array.from({ length: size }, () => []);
  const approximate = new Float64Array(entries);
  let square = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const k = packed(i, j);
      const entry = shifted(middles[k]!, shiftOf(i, j) + unit - 2 * bits);
      scaled[i]![j] = entry;
      scaled[j]![i] = entry;
      approximate[k] = Number(entry) * 2 ** -unit;
      const error = (errors[k]! * 2 ** shiftOf(i, j) + 2 ** -unit) * SAFE;
      square += (i === j ? 1 : 2) * error * error;
    }
  }
  const error = Math.sqrt(square) * SAFE;
  const least = Math.min(...eigen(approximate, size).values);
  const claim = 0.9 * least;
  if (!(claim > 0 && claim + error < least)) return undefined;
  const raised = BigInt(Math.ceil((claim + error) * SAFE * 2 ** unit));
  scaled.forEach((row, i) => {
    row[i] = row[i]! - raised;
  });
  if (!isPositiveDefinite(scaled)) return undefined;
  // Q = T^-1 Q' T^-1 with T = diag(2^shift)
  return claim * 2 ** (-2 * Math.max(...(shifts as number[])));
}

const shifted = (a: bigint, by: number) => (by >= 0 ? a << BigInt(by) : a >> BigInt(-by));

/** By elimination without fractions (Bareiss): the leading minors of an integer matrix, all of them above zero. */
export function isPositiveDefinite(of: readonly (readonly bigint[])[]): boolean {
  const a = of.map((row) => [...row]);
  let before = 1n;
  for (let k = 0; k < a.length; k++) {
    const pivot = a[k]![k]!;
    if (pivot <= 0n) return false;
    for (let i = k + 1; i < a.length; i++) {
      for (let j = k + 1; j < a.length; j++) a[i]![j] = (a[i]![j]! * pivot - a[i]![k]! * a[k]![j]!) / before;
    }
    before = pivot;
  }
  return true;
}
