/**
 * Certificates of independence by level of precision, in the form that verdicts show.
 */
import type { Ball, DoubleBall } from '@tfjs-moe/numerics/precise';
import { certifyDoubleBalls, certifyRank } from '@tfjs-moe/numerics/rank';
import type { IndependenceCertificate } from '../verdict/verdict.ts';
import type { Allowance } from './allowance.ts';

/** Bits of double-double numbers. */
export const DOUBLE_BITS = 106;

/** The proof from double-double values, if there is one; with `steps` 0 float64 must suffice. */
export function certifyInDoubles(
  indices: readonly number[],
  values: readonly DoubleBall[],
  { spend }: Allowance,
  steps?: 0,
): IndependenceCertificate | undefined {
  const functions = indices.map((i) => values[i]!);
  const found = certifyDoubleBalls(functions, steps, spend);
  if (!found.certified) return undefined;
  const { sigmaMin, points } = found;
  return { sigmaMin, level: found.steps === 0 ? 'float64' : 'double-double', bits: DOUBLE_BITS, points };
}

/** The proof from balls, if there is one. */
export function certifyInBalls(
  indices: readonly number[],
  rows: readonly (readonly Ball[])[],
  bits: number,
  { spend }: Allowance,
): IndependenceCertificate | undefined {
  if (rows.length < indices.length) return undefined;
  const own = columnsAmong(rows, indices);
  const { certified, sigmaMin } = certifyRank(own, bits, undefined, spend);
  return certified ? { sigmaMin, level: 'balls', bits, points: rows.length } : undefined;
}

/** The columns with some indices. */
export function columnsAmong(rows: readonly (readonly Ball[])[], indices: readonly number[]): Ball[][] {
  return rows.map((row) => indices.map((i) => row[i]!));
}
