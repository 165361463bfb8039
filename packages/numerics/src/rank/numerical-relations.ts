import { MoeError } from '@tfjs-moe/core';
import { type Ball, ballToNumber, magnitude } from '../ball/ball.ts';
import { type Checkpoint, integerProduct } from '../checkpoint.ts';

/** $f_{column} \approx \sum_i c_i f_i$. */
export interface NumericalRelation {
  readonly column: number;
  /** By index of the function, in units of $2^{-p}$. */
  readonly coefficients: ReadonlyMap<number, bigint>;
}

/** Relations found at a high precision, and the gap that separates them from rounding. */
export interface NumericalRelations {
  /** The columns that were pivots. */
  readonly pivots: readonly number[];
  /** One for every other column. */
  readonly relations: readonly NumericalRelation[];
  /** Decimal digits between the last pivot and what is left. */
  readonly gap: number;
}

/** Part of the precision that must have been lost by what counts as zero. */
const ROUNDING_LEVEL = 0.85;
/** Coefficients below this part of the precision are rounding. */
const NOISE_LEVEL = 0.6;
const LEAST_GAP = 20;
/** Coefficients of less than 2^-64 that are not rounding begin a series that goes on below the precision. */
const LEAST_COEFFICIENT_BITS = 64;

/**
 * Linear relations read off numbers of high precision: evidence, not proof.
 *
 * For functions tied by an identity that no ring here knows, for example with irrational coefficients. Gaussian
 * elimination with complete pivoting on integers; the columns that are left count as dependent only if all that is left
 * of them is at rounding level, below $2^{-0.85p}$, and at least 20 decimal digits below the last pivot. Pivots that fall
 * gradually through any fixed threshold are no relation: a cut without a gap has called independent functions dependent.
 * So has $f(x + \delta) = f(x) + \delta f'(x)$, a gap that $\delta$ makes: relations whose coefficients, with columns scaled
 * to size 1, are neither rounding nor above $2^{-64}$ are none.
 *
 * Check each relation with `relationDefect` at points that were not used, prove that the other columns are independent
 * with `certifyRank`, and call the result numerical.
 *
 * The relations of the columns of a matrix; nothing where the columns are independent or no gap separates them.
 *
 * @param rows the matrix as balls at precision `bits`, a few more rows than columns; radii are not looked at
 * @param checkpoint called often; whatever it throws ends the work
 */
export function numericalRelations(
  rows: readonly (readonly Ball[])[],
  bits: number,
  checkpoint?: Checkpoint,
): NumericalRelations | undefined {
  const columns = rows[0]?.length ?? 0;
  if (rows.length <= columns) {
    throw new MoeError(
      'numericalRelations',
      `there must be more rows than columns (${columns})`,
      rows.length,
    );
  }
  const shifts = Array.from({ length: columns }, (_, j) => scaleOf(rows, j, bits));
  const work = rows.map((row) => row.map(({ mid }, j) => shift(mid, shifts[j]!)));
  const order = Array.from({ length: columns }, (_, j) => j);
  let last = 0;
  for (let rank = 0; ; rank++) {
    const { size, row, column } = largest(work, rank, columns);
    const digits = decimalLog(size, bits);
    if (rank === columns) return undefined;
    if (digits <= -ROUNDING_LEVEL * bits * Math.log10(2)) {
      const gap = last - digits;
      const relations = gap < LEAST_GAP ? undefined : solved(work, order, shifts, rank, bits, checkpoint);
      return relations && { pivots: order.slice(0, rank).sort((a, b) => a - b), gap, relations };
    }
    last = digits;
    swap(work, rank, row);
    swap(order, rank, column);
    for (const entries of work) swap(entries, rank, column);
    eliminate(work, rank, columns, bits, checkpoint);
  }
}

/** $|f_{column} - \sum_i c_i f_i|$ at one point, as a part of the largest term there. */
export function relationDefect(relation: NumericalRelation, row: readonly Ball[], bits: number): number {
  let sum = row[relation.column]!.mid;
  let most = magnitude(sum);
  for (const [i, coefficient] of relation.coefficients) {
    const term = (coefficient * row[i]!.mid) >> BigInt(bits);
    sum -= term;
    if (magnitude(term) > most) most = magnitude(term);
  }
  if (most === 0n) return 0;
  return ballToNumber({ mid: (magnitude(sum) << BigInt(bits)) / most, rad: 0n }, bits);
}

/** The power of two that brings the largest entry of a column near 1. */
function scaleOf(rows: readonly (readonly Ball[])[], j: number, bits: number): number {
  let most = 0n;
  for (const row of rows) if (magnitude(row[j]!.mid) > most) most = magnitude(row[j]!.mid);
  return most === 0n ? 0 : bits - most.toString(2).length;
}

const shift = (a: bigint, by: number) => (by >= 0 ? a << BigInt(by) : a >> BigInt(-by));

function swap<T>(list: T[], i: number, j: number): void {
  [list[i], list[j]] = [list[j]!, list[i]!];
}

function decimalLog(size: bigint, bits: number): number {
  return size === 0n ? -Infinity : (size.toString(2).length - bits) * Math.log10(2);
}

function largest(work: readonly bigint[][], from: number, columns: number) {
  let best = { size: 0n, row: from, column: from };
  for (let i = from; i < work.length; i++) {
    for (let j = from; j < columns; j++) {
      const size = magnitude(work[i]![j]!);
      if (size > best.size) best = { size, row: i, column: j };
    }
  }
  return best;
}

function eliminate(
  work: readonly bigint[][],
  rank: number,
  columns: number,
  bits: number,
  checkpoint?: Checkpoint,
): void {
  const pivot = work[rank]!;
  for (let i = rank + 1; i < work.length; i++) {
    checkpoint?.((columns - rank) * integerProduct(bits));
    const row = work[i]!;
    const multiple = (row[rank]! << BigInt(bits)) / pivot[rank]!;
    if (multiple === 0n) continue;
    for (let j = rank; j < columns; j++) {
      row[j] = row[j]! - ((multiple * pivot[j]!) >> BigInt(bits));
    }
  }
}

/** Back substitution for every column beyond the rank, with the scales undone; nothing where a coefficient is tiny. */
function solved(
  work: readonly bigint[][],
  order: readonly number[],
  shifts: readonly number[],
  rank: number,
  bits: number,
  checkpoint?: Checkpoint,
): NumericalRelation[] | undefined {
  const noise = 1n << BigInt(Math.round((1 - NOISE_LEVEL) * bits));
  const least = 1n << BigInt(Math.max(0, bits - LEAST_COEFFICIENT_BITS));
  let isTiny = false;
  const relations = order.slice(rank).map((column, free) => {
    checkpoint?.((rank * rank * integerProduct(bits)) / 2);
    const y: bigint[] = new Array(rank).fill(0n);
    for (let i = rank - 1; i >= 0; i--) {
      const row = work[i]!;
      let sum = row[rank + free]! << BigInt(bits);
      for (let k = i + 1; k < rank; k++) sum -= row[k]! * y[k]!;
      y[i] = sum / row[i]!;
    }
    const coefficients = new Map<number, bigint>();
    y.forEach((value, i) => {
      const pivot = order[i]!;
      if (magnitude(value) <= noise) return;
      isTiny ||= magnitude(value) < least;
      coefficients.set(pivot, shift(value, shifts[pivot]! - shifts[column]!));
    });
    return { column, coefficients };
  });
  return isTiny ? undefined : relations;
}
