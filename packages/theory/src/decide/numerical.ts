/**
 * Numerical relations that pass every check: a wide gap, agreement at points that were not fitted, and a certificate for
 * the functions that they leave. Evidence, not proof.
 */
import { type Ball, ballToNumber, type DoubleBall } from '@tfjs-moe/numerics/precise';
import { numericalRelations, relationDefect } from '@tfjs-moe/numerics/rank';
import type { IndependenceCertificate } from '../verdict/verdict.ts';
import type { Allowance } from './allowance.ts';
import { certifyInBalls, columnsAmong } from './certify.ts';

/** Numerical relations need digits to spare. */
export const LEAST_NUMERICAL_BITS = 256;
/** Part of the bits to which they must hold at fresh points. */
const AGREEMENT = 0.7;

/** Above what double-double allows for underflow in a sum of products, one of whose factors is 0. */
const UNDERFLOW = 1e-200;

export interface AcceptedRelations {
  readonly relations: readonly {
    readonly column: number;
    readonly coefficients: ReadonlyMap<number, number>;
  }[];
  /** For the functions that the relations leave. */
  readonly certificate: IndependenceCertificate;
}

/**
 * The relations among the functions with indices `left`; nothing unless all checks pass.
 * @param doubles all functions at the points of `rows`
 */
export function numerically(
  left: readonly number[],
  doubles: readonly DoubleBall[],
  rows: readonly (readonly Ball[])[],
  freshRows: readonly (readonly Ball[])[],
  bits: number,
  allowance: Allowance,
): AcceptedRelations | undefined {
  // Where no fresh point exists, nothing can be checked.
  if (rows.length <= left.length || freshRows.length === 0) return undefined;
  if (left.some((i) => rows.every((row) => row[i]!.mid === 0n) && !isDead(doubles[i]!))) return undefined;
  const found = numericalRelations(columnsAmong(rows, left), bits, allowance.spend);
  if (!found || found.pivots.length === 0) return undefined;
  const unseen = columnsAmong(freshRows, left);
  const limit = 2 ** (-AGREEMENT * bits);
  const hold = found.relations.every((relation) =>
    unseen.every((row) => Math.abs(relationDefect(relation, row, bits)) < limit),
  );
  if (!hold) return undefined;
  const pivots = found.pivots.map((i) => left[i]!);
  const certificate = certifyInBalls(pivots, rows, bits, allowance);
  if (!certificate) return undefined;
  const relations = found.relations.map(({ column, coefficients }) => ({
    column: left[column]!,
    coefficients: new Map(
      [...coefficients].map(([i, mid]) => [left[i]!, ballToNumber({ mid, rad: 0n }, bits)] as const),
    ),
  }));
  return { relations, certificate };
}

/** Whether a function that is zero in balls is zero at these points, and not merely too small for the bits. */
function isDead({ high, rad }: DoubleBall): boolean {
  return high.every((value) => value === 0) && rad.every((radius) => radius < UNDERFLOW);
}
