import {
  expectKnownOptions,
  expectPositive,
  expectSize,
  expectSizes,
  MoeError,
  stream,
} from '@tfjs-moe/core';
import { columns } from '@tfjs-moe/numerics';
import type { Rational } from '@tfjs-moe/numerics/exact';
import type { LabelledFamily } from '../verdict/labelled-family.ts';
import type { Proof } from '../verdict/relation.ts';
import type { IndependenceCertificate, Shortfall } from '../verdict/verdict.ts';
import { type Allowance, allowanceOf, type BudgetOptions, Spent } from './allowance.ts';
import { certifyInBalls, certifyInDoubles, DOUBLE_BITS } from './certify.ts';
import { formally, overFields } from './exact.ts';
import { LEAST_NUMERICAL_BITS, numerically } from './numerical.ts';
import { onSupport } from './on-support.ts';
import { meetBothSides, meetingPieces } from './pieces.ts';
import { unlessRefuted } from './refuted.ts';
import { encloseInBalls, encloseInDoubles, type Points, samplePoints } from './sampling.ts';

/** Options of `decide`: budget, precision, points and seed. */
export interface DecideOptions extends BudgetOptions, Precision {}

/** With which precision, and at which points, functions are compared. */
export interface Precision {
  /** Bits of the balls that are taken where double-double does not suffice, rising. Default 192, 320, 640. */
  readonly bits?: readonly number[];
  /** Standard deviation of the points' coordinates. Default 1. */
  readonly spread?: number;
  /** Seed of the points. Default 0. */
  readonly seed?: number;
}

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
  /** Elementary operations that it took, at most those of the budget. */
  readonly operations: number;
}

/** Parts of the budget that exact relations may take. */
const FORMAL_PART = 3 / 4;
const FIELDS_PART = 1 / 8;
/** Fresh points at which a numerical relation must hold. */
const FRESH = 40;

/**
 * Everything that is known about the linear relations of a family, by index and with exact coefficients: what `decide`
 * names, for criteria that go on calculating.
 *
 * 1. Relations in a formal ring: each is a proof. 2. A rank certificate for the functions that are left:
 * $\sigma_{\min} > \text{error}$ at enclosed points proves that nothing else ties them; in float64 where it can be.
 * 3. Where that fails, relations over prime fields, certificates in double-double, and in balls of more and more bits.
 * 4. Last, numerical relations, labelled as the evidence they are: accepted only with a wide gap, if they hold at fresh
 * points, the functions they leave are certified and the points meet both sides of every kink.
 */
export function examine(family: LabelledFamily, options: DecideOptions = {}): Examination {
  return examined('examine', family, options);
}

/** For whoever asks. */
export function examined(who: string, family: LabelledFamily, options: DecideOptions): Examination {
  expectKnownOptions(who, options, ['budget', 'timeLimit', 'bits', 'spread', 'seed']);
  const allowance = allowanceOf(who, options);
  expectFunctions(who, family);
  return examineWithin(who, family, options, allowance);
}

/** With an allowance that others spend too. */
export function examineWithin(
  who: string,
  given: LabelledFamily,
  options: Precision,
  allowance: Allowance,
): Examination {
  const { seed = 0 } = options;
  const family = onSupport(given);
  const levels = expectSizes(who, 'bits', options.bits ?? [192, 320, 640]);
  const spread = expectPositive(who, 'spread', options.spread ?? 1);
  const all = allowance.left;
  const before = allowance.spent;
  const within = (part: number) => allowance.upTo(part * all);

  let left: readonly number[] = family.labels.map((_, i) => i);
  const relations: ExaminedRelation[] = [];
  /** Adds relations whose left side no known relation has; says whether there were any. */
  function take(found: FoundRelations | undefined, proof: Proof): boolean {
    const open = new Set(left);
    const fresh = found?.relations.filter(({ column }) => open.delete(column)) ?? [];
    relations.push(...fresh.map((relation) => ({ ...relation, proof })));
    left = [...open];
    return fresh.length > 0;
  }
  const finish = (rest: IndependenceCertificate | Shortfall) => ({
    relations,
    remaining: left,
    rest,
    operations: allowance.spent - before,
  });
  const nothing: Shortfall = { bits: 0, raise: 'nothing: every function is zero' };

  let reached = 0;
  try {
    take(formally(family, within(FORMAL_PART)), 'formal ring');
    if (left.length === 0) return finish(nothing);
    const sample = (count: number, key: string): Points => {
      const drawn = samplePoints(family, count, spread, stream(seed, 'decide', key), allowance);
      return meetingPieces(family, drawn, spread, stream(seed, 'decide', key, 'pieces'), allowance);
    };
    const points = sample(Math.ceil(1.125 * left.length) + 8, 'points');

    const doubles = encloseInDoubles(family, points, allowance);
    reached = DOUBLE_BITS;
    let certificate = certifyInDoubles(left, doubles, allowance, 0);
    if (certificate) return finish(certificate);
    take(unlessRefuted(overFields(family, seed, within(FIELDS_PART)), doubles), 'prime fields');
    if (left.length === 0) return finish(nothing);
    certificate = certifyInDoubles(left, doubles, allowance);
    if (certificate) return finish(certificate);

    for (const bits of levels) {
      const rows = encloseInBalls(family, points, bits, allowance);
      reached = bits;
      certificate = certifyInBalls(left, rows, bits, allowance);
      if (certificate) return finish(certificate);
      // Atoms that nearly coincide look tied until the bits suffice, so evidence waits for the last of them.
      if (bits < Math.max(LEAST_NUMERICAL_BITS, ...levels)) continue;
      const others = sample(FRESH, 'fresh');
      const fresh = encloseInBalls(family, others, bits, allowance);
      if (isFailing(rows, points) || isFailing(fresh, others)) {
        const failing = points.length - rows.length + others.length - fresh.length;
        return finish({
          bits: reached,
          raise: `nothing: at ${failing} of ${points.length + others.length} points the functions have no enclosure, so that relations may be those of a piece`,
        });
      }
      const found = numerically(left, doubles, rows, fresh, bits, allowance);
      if (!found) continue;
      if (!meetBothSides(family, [...points, ...others], allowance)) {
        return finish({
          bits: reached,
          raise: `the spread of the points, now ${spread}: they meet a single side of the kink of a ReLU`,
        });
      }
      take(found, 'numerical');
      return finish(found.certificate);
    }
  } catch (error) {
    if (!(error instanceof Spent)) throw error;
    return finish({ bits: reached, raise: allowance.limit });
  }
  return finish({
    bits: reached,
    raise: `the bits, now at most ${reached}, or the spread of the points`,
  });
}

/** The part of the points at which an enclosure may fail, as on kinks, before evidence from the others counts for nothing. */
const MOST_FAILING = 0.2;

function isFailing(rows: readonly unknown[], points: Points): boolean {
  return rows.length < (1 - MOST_FAILING) * points.length;
}

interface FoundRelations {
  readonly relations: readonly Omit<ExaminedRelation, 'proof'>[];
}

/** As many functions as labels, at least one. */
function expectFunctions(who: string, family: LabelledFamily): void {
  const { inputDim, labels, evaluate } = family ?? {};
  if (!Array.isArray(labels) || typeof evaluate !== 'function') {
    throw new MoeError(who, 'family must be an object with inputDim, labels and evaluate', family);
  }
  expectSize(who, 'inputDim', inputDim);
  if (labels.length === 0) throw new MoeError(who, 'there must be at least one function');
  const { length } = evaluate(
    columns,
    Array.from({ length: inputDim }, () => new Float64Array(1)),
  );
  if (length !== labels.length)
    throw new MoeError(who, `there must be as many labels as functions (${length})`, labels.length);
}
