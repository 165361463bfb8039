/**
 * Everything that is known about the linear relations of a family, by index and with exact coefficients: what `decide`
 * names, for criteria that go on calculating.
 *
 * 1. Relations in a formal ring: each is a proof. 2. A rank certificate for the functions that are left:
 * $\sigma_{\min} > \text{error}$ at points enclosed in balls proves that nothing else ties them. 3. Where that fails,
 * relations over prime fields, and balls of more bits. 4. Last, numerical relations, labelled as the evidence they are:
 * accepted only with a wide gap, if they hold at fresh points and the functions they leave are certified.
 */
import { expectPositive, MoeError, stream } from '@tfjs-moe/core';
import {
  type Ball,
  ballToNumber,
  certifyRank,
  numericalRelations,
  type Rational,
  relationDefect,
} from '@tfjs-moe/numerics';
import type { LabelledFamily } from '../verdict/labelled-family.ts';
import type { Proof } from '../verdict/relation.ts';
import type { IndependenceCertificate, Shortfall } from '../verdict/verdict.ts';
import { OutOfTime } from './deadline.ts';
import { formally, overFields } from './exact.ts';
import { enclose, samplePoints } from './sampling.ts';

export interface DecideOptions {
  /** Milliseconds after which no further attempt is begun. Default 10000. */
  readonly budget?: number;
  /** Bits of the balls, rising. Default 192, 320, 640. */
  readonly bits?: readonly number[];
  /** Standard deviation of the points' coordinates. Default 1. */
  readonly spread?: number;
  /** Seed of the points. Default 0. */
  readonly seed?: number;
}

/** Fresh points at which a numerical relation must hold. */
const FRESH = 40;
/** Part of the bits to which it must hold. */
const AGREEMENT = 0.7;
/** Numerical relations need digits to spare. */
const LEAST_NUMERICAL_BITS = 256;

/** One function as a combination of others: $f_{column} = \sum_i c_i f_i$. */
export interface ExaminedRelation {
  readonly column: number;
  /** By index of the function, only non-zero ones: fractions, or float64 numbers where the relation is numerical. */
  readonly coefficients: ReadonlyMap<number, Rational | number>;
  readonly proof: Proof;
}

/** The relations of a family, and what is known of the functions they leave. */
export interface Examination {
  /**
   * A basis of the relations that were found. Each has a column of its own on the left; on the right are remaining
   * columns and, where relations of a weaker proof were found too, perhaps the left sides of those.
   */
  readonly relations: readonly ExaminedRelation[];
  /** Columns that no relation has on its left, ascending. */
  readonly remaining: readonly number[];
  /** The proof that the remaining functions are independent, hence that the basis is complete; or why there is none. */
  readonly rest: IndependenceCertificate | Shortfall;
}

/** The state of an examination. */
interface Examined {
  /** Functions that no relation has on its left. */
  left: readonly number[];
  readonly relations: ExaminedRelation[];
}

/** Examines a family of functions. */
export function examine(family: LabelledFamily, options: DecideOptions = {}): Examination {
  const { bits: levels = [192, 320, 640], seed = 0 } = options;
  const budget = expectPositive('decide', 'budget', options.budget ?? 10_000);
  const spread = expectPositive('decide', 'spread', options.spread ?? 1);
  if (family.labels.length === 0) throw new MoeError('decide', 'there must be at least one function');
  const start = Date.now();
  const deadline = start + budget;
  const examined: Examined = { left: family.labels.map((_, i) => i), relations: [] };

  const random = stream(seed, 'decide');
  const points = samplePoints(family, Math.ceil(1.5 * family.labels.length) + 8, spread, random);
  const fresh = samplePoints(family, FRESH, spread, random);
  const formal = formally(family, start + budget / 4);
  if (formal) take(examined, formal, 'formal ring');
  if (examined.left.length === 0)
    return finish(examined, { bits: 0, raise: 'nothing: every function is zero' });

  let reached = 0;
  try {
    for (const [level, bits] of levels.entries()) {
      const rows = enclose(family, points, bits, deadline);
      reached = bits;
      let certificate = certify(examined.left, rows, bits);
      if (certificate) return finish(examined, certificate);
      if (level === 0) {
        const fields = overFields(family, seed, Math.min(deadline, Date.now() + budget / 4));
        if (fields && take(examined, fields, 'prime fields') > 0)
          certificate = certify(examined.left, rows, bits);
      }
      if (!certificate && bits >= LEAST_NUMERICAL_BITS)
        certificate = takeNumerical(examined, rows, enclose(family, fresh, bits, deadline), bits);
      if (certificate) return finish(examined, certificate);
    }
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error;
    return finish(examined, { bits: reached, raise: `the budget, now ${budget} ms` });
  }
  return finish(examined, {
    bits: reached,
    raise: `the bits, now at most ${reached}, or the spread of the points`,
  });
}

function finish({ left, relations }: Examined, rest: IndependenceCertificate | Shortfall): Examination {
  return { relations, remaining: left, rest };
}

/** Adds relations whose left side no known relation has; returns how many. */
function take(
  examined: Examined,
  found: { readonly relations: readonly Omit<ExaminedRelation, 'proof'>[] },
  proof: Proof,
): number {
  const open = new Set(examined.left);
  const fresh = found.relations.filter(({ column }) => open.delete(column));
  examined.relations.push(...fresh.map((relation) => ({ ...relation, proof })));
  examined.left = [...open];
  return fresh.length;
}

const columnsOf = (rows: readonly (readonly Ball[])[], indices: readonly number[]) =>
  rows.map((row) => indices.map((i) => row[i]!));

/** The proof that the functions with some indices are independent, if there is one. */
function certify(
  indices: readonly number[],
  rows: readonly (readonly Ball[])[],
  bits: number,
): IndependenceCertificate | undefined {
  if (rows.length < indices.length) return undefined;
  const { certified, sigmaMin } = certifyRank(columnsOf(rows, indices), bits);
  return certified ? { sigmaMin, bits, points: rows.length } : undefined;
}

/** Takes numerical relations if they pass every check; returns the certificate of what they leave. */
function takeNumerical(
  examined: Examined,
  rows: readonly (readonly Ball[])[],
  freshRows: readonly (readonly Ball[])[],
  bits: number,
): IndependenceCertificate | undefined {
  const { left } = examined;
  if (rows.length <= left.length) return undefined;
  const found = numericalRelations(columnsOf(rows, left), bits);
  if (!found || found.pivots.length === 0) return undefined;
  const unseen = columnsOf(freshRows, left);
  const limit = 2 ** (-AGREEMENT * bits);
  const hold = found.relations.every((relation) =>
    unseen.every((row) => Math.abs(relationDefect(relation, row, bits)) < limit),
  );
  if (!hold) return undefined;
  const certificate = certify(
    found.pivots.map((i) => left[i]!),
    rows,
    bits,
  );
  if (!certificate) return undefined;
  const relations = found.relations.map(({ column, coefficients }) => ({
    column: left[column]!,
    coefficients: new Map(
      [...coefficients].map(([i, mid]) => [left[i]!, ballToNumber({ mid, rad: 0n }, bits)] as const),
    ),
  }));
  take(examined, { relations }, 'numerical');
  return certificate;
}
