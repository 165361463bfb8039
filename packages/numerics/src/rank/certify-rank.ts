import { MoeError } from '@tfjs-moe/core';
import { type Ball, ballToNumber, ceilShift, magnitude } from '../ball/ball.ts';
import { type Checkpoint, integerProduct } from '../checkpoint.ts';
import { column, type Matrix, matrix, norm } from '../linear/matrix.ts';
import { precondition } from './float64-proof.ts';
import { SAFE } from './rounding.ts';

/** Whether full column rank is proved, and with which bound on the smallest singular value. */
export interface RankCertificate {
  /** Whether full column rank is proved. */
  readonly certified: boolean;
  /** A proved lower bound on the smallest singular value of the matrix; 0 without a proof. */
  readonly sigmaMin: number;
  /** Products with X that were needed: 0 where float64 sufficed. */
  readonly steps: number;
  /** Why there is no proof. `precision`: the radii drown the matrix, so more bits may help. */
  readonly reason?: 'precision' | 'steps';
}

/** Fractional bits of X in integer products. */
const FRACTION = 40;
/**
 * A proof that a matrix has full column rank, hence that the functions in its columns are linearly independent.
 *
 * For every matrix X, $\mathrm{rank}(AX) \le \mathrm{rank}(A)$. So if $B$, the computed $AX$, has
 * $\sigma_{\min}(B) > \lVert B - AX\rVert_F$, then A has full column rank; and $\sigma_{\min}(B)^2 \ge
 * 1 - \lVert I - B^\top B\rVert_F$. X comes from a float64 QR factorisation: any X is admissible, a good one makes
 * $B^\top B$ nearly the identity. Where the columns of A are dependent to more digits than float64 has, A is multiplied
 * by X in integer arithmetic first, which mends about 15 decimal digits at a time, and the proof is tried on the product.
 *
 * The answer is a certificate or nothing. It is never "dependent": that needs a relation.
 *
 * Source: the bound is Rump's ("Verification methods", 2010, section 10).
 *
 * @param rows the matrix as balls at precision `bits`, one list per row, at least as many rows as columns
 * @param maxSteps how often A may be multiplied; the default is enough for any precision of balls
 * @param checkpoint called often; whatever it throws ends the work
 */
export function certifyRank(
  rows: readonly (readonly Ball[])[],
  bits: number,
  maxSteps = 60,
  checkpoint?: Checkpoint,
): RankCertificate {
  const columns = rows[0]?.length ?? 0;
  if (columns === 0) throw new MoeError('certifyRank', 'there must be at least one column');
  if (rows.some(({ length }) => length !== columns)) {
    throw new MoeError('certifyRank', `every row must have ${columns} entries`);
  }
  if (rows.length < columns) {
    throw new MoeError(
      'certifyRank',
      `there must be at least as many rows as columns (${columns})`,
      rows.length,
    );
  }
  let current = Array.from({ length: columns }, (_, j) => rows.map((row) => row[j]!));
  // log2 of an upper bound on the norm of everything that A was multiplied with.
  let growth = 0;
  for (let steps = 0; ; steps++) {
    const scaled = scaleColumns(current, bits);
    if (scaled === undefined) return { certified: false, sigmaMin: 0, steps, reason: 'precision' };
    growth += scaled.growth;
    const { approximation, errors } = toFloat64(scaled.columns, bits);
    const { sigma, x, permutation, size } = precondition(approximation, errors, checkpoint);
    // sigma_min(A) >= sigma_min(A S X) / (|S| |X|)
    if (sigma > 0) return { certified: true, sigmaMin: (sigma / size / SAFE) * 2 ** -(growth + 1e-6), steps };
    if (steps === maxSteps || !Number.isFinite(size))
      return { certified: false, sigmaMin: 0, steps, reason: 'steps' };
    const next = times(scaled.columns, x, permutation, bits, checkpoint);
    growth += Math.log2(next.size);
    current = next.columns;
  }
}

type Columns = readonly (readonly Ball[])[];

/** Columns times powers of two so that their largest entry is near 1; nothing where a column may be zero. */
function scaleColumns(columns: Columns, bits: number): { columns: Ball[][]; growth: number } | undefined {
  let growth = -Infinity;
  const scaled: Ball[][] = [];
  for (const entries of columns) {
    let [largest, widest] = [0n, 0n];
    for (const { mid, rad } of entries) {
      if (magnitude(mid) > largest) largest = magnitude(mid);
      if (rad > widest) widest = rad;
    }
    if (largest <= widest * BigInt(entries.length)) return undefined;
    const shift = bits - bitLength(largest);
    growth = Math.max(growth, shift);
    scaled.push(entries.map((entry) => shifted(entry, shift)));
  }
  return { columns: scaled, growth };
}

/** Times a power of two, rounded to units. */
function shifted({ mid, rad }: Ball, shift: number): Ball {
  if (shift >= 0) return { mid: mid << BigInt(shift), rad: rad << BigInt(shift) };
  return { mid: mid >> BigInt(-shift), rad: ceilShift(rad, BigInt(-shift)) + 1n };
}

function bitLength(a: bigint): number {
  const digits = a.toString(16);
  return digits.length * 4 - Math.clz32(Number.parseInt(digits[0]!, 16)) + 28;
}

/** Float64 numbers near the middles, and per column an upper bound on the length of what anything in the balls differs. */
function toFloat64(columns: Columns, bits: number): { approximation: Matrix; errors: Float64Array } {
  const rows = columns[0]?.length ?? 0;
  const approximation = matrix(rows, columns.length);
  const error = new Float64Array(rows);
  const errors = Float64Array.from(columns, (entries, j) => {
    const to = column(approximation, j);
    entries.forEach(({ mid, rad }, i) => {
      const value = ballToNumber({ mid, rad }, bits);
      to[i] = value;
      // The conversion truncates below 2^-63 relatively and rounds by half an ulp.
      const conversion = Math.abs(value) * 2 ** -52 + 2 ** -1000;
      error[i] = (ballToNumber({ mid: rad + 1n, rad }, bits) + conversion) * SAFE;
    });
    return norm(error) * SAFE;
  });
  return { approximation, errors };
}

/** A X in integers, X rounded to `FRACTION` bits, with the norm of that X. */
function times(
  columns: Columns,
  x: Matrix,
  permutation: Int32Array,
  bits: number,
  checkpoint?: Checkpoint,
): { columns: Ball[][]; size: number } {
  let square = 0;
  const result = columns.map((_, j) => {
    const factors = Array.from({ length: j + 1 }, (_, k) => {
      const factor = Math.round(x.data[k + j * x.rows]! * 2 ** FRACTION);
      square += (factor * 2 ** -FRACTION) ** 2;
      return BigInt(factor);
    });
    return columns[0]!.map((_, i) => {
      checkpoint?.(factors.length * integerProduct(bits));
      let mid = 0n;
      let rad = 0n;
      factors.forEach((factor, k) => {
        const entry = columns[permutation[k]!]![i]!;
        mid += entry.mid * factor;
        rad += entry.rad * magnitude(factor);
      });
      return shifted({ mid, rad }, -FRACTION);
    });
  });
  return { columns: result, size: Math.sqrt(square) * SAFE };
}
