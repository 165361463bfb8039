import { MoeError, stream } from '@tfjs-moe/core';
import { type Checkpoint, operations } from '../checkpoint.ts';
import type { FunctionFamily } from './function-family.ts';
import { isBetter, reduce } from './modular-elimination.ts';
import { type FieldPoint, fieldPoint, fieldPrimes, NoSuchPoint, powerModulo } from './prime-field.ts';
import { type Rational, reconstructRational } from './rational.ts';

/** One function as a combination of others: $f_{column} = \sum_i c_i f_i$. */
export interface Relation {
  readonly column: number;
  /** By index of the function; only non-zero ones. */
  readonly coefficients: ReadonlyMap<number, Rational>;
}

/** The relations of a family: which functions are free, and the others in terms of them. */
export interface RelationBasis {
  /** Functions without relations among them: the first of each dependent group. */
  readonly pivots: readonly number[];
  /** One per remaining function, in pivots alone. */
  readonly relations: readonly Relation[];
  /**
   * Functions that depend on the pivots with coefficients that are not rational numbers, or are fractions too long for
   * the primes.
   */
  readonly unread: readonly number[];
}

/** Options of `fieldRelations`: how many primes, which points. */
export interface FieldRelationOptions {
  /** Primes that the coefficients are made of, besides one that checks them. Default 5, for fractions up to $2^{64}$. */
  readonly primes?: number;
  /** Seed of the random points. Default 0. */
  readonly seed?: number;
  /** Called often; whatever it throws ends the work. */
  readonly checkpoint?: Checkpoint;
}

/** Rows beyond the number of functions: with six primes, 168 signs of a root that would all have to be the same. */
const EXTRA = 28;

/**
 * Linear relations of a family of functions by prime fields: the row-reduced basis of all that follow from the
 * identities of `fieldPoint`, with rational coefficients.
 *
 * The family is evaluated at more random points than it has functions, modulo several primes; each matrix is reduced,
 * the coefficients are combined by the Chinese remainder theorem and read as fractions, and each fraction is checked
 * modulo one more prime. Fast where exact expressions swell. A relation found is true up to a probability of order
 * $p^{-28}$ per prime, or $2^{-28}$ where it rests on the sign of a $\sqrt{z^2}$, not proved: verify it in a formal ring or
 * enclose it in balls. The sign between $\sqrt{c^2 a}$ and $\sqrt a$ is wrong modulo half of the primes, hence once in a
 * while modulo all of them: hold relations with roots against values. That none is found proves nothing, since functions may be tied by identities unknown here.
 */
export function fieldRelations(family: FunctionFamily, options: FieldRelationOptions = {}): RelationBasis {
  const { primes: count = 5, seed = 0, checkpoint } = options;
  const reduced: { prime: number; pivots: number[]; rows: Float64Array[] }[] = [];
  // An unlucky prime has a smaller rank or a later pivot: take primes until enough of them agree on the best profile.
  for (const prime of fieldPrimes(3 * count + 3)) {
    const rows = sample(family, prime, seed, checkpoint);
    if (rows === undefined) continue;
    reduced.push({ prime, pivots: reduce(rows, prime, checkpoint), rows });
    const best = reduced.reduce((a, b) => (isBetter(b.pivots, a.pivots) ? b : a)).pivots;
    const agreeing = reduced.filter(({ pivots }) => pivots.join() === best.join());
    if (agreeing.length > count) return { pivots: best, ...relationsOf(agreeing, best, checkpoint) };
  }
  throw new MoeError('fieldRelations', 'too few primes agree: the family may not exist over a prime field');
}

/** Primes of a rank: where one is unlucky, and makes it too small, the other is not. */
const RANK_PRIMES = 2;

/**
 * The rank of a family over prime fields, much faster than its relations; nothing where it exists over none.
 *
 * The true rank is not larger, up to a probability of order $10^{-10}$: a relation that holds in the field follows from
 * true identities. It may be smaller, where functions are tied by an identity that fields do not know. At parameters that
 * are random integers it is the rank at almost all parameters.
 */
export function fieldRank(
  family: FunctionFamily,
  { seed = 0, checkpoint }: Pick<FieldRelationOptions, 'seed' | 'checkpoint'> = {},
): number | undefined {
  const ranks: number[] = [];
  for (const prime of fieldPrimes(3 * RANK_PRIMES)) {
    const rows = sample(family, prime, seed, checkpoint);
    if (rows !== undefined) ranks.push(reduce(rows, prime, checkpoint).length);
    if (ranks.length === RANK_PRIMES) return Math.max(...ranks);
  }
  return undefined;
}

/** The family at random points; nothing if it seems to exist nowhere modulo this prime. */
function sample(
  family: FunctionFamily,
  prime: number,
  seed: number,
  checkpoint?: Checkpoint,
): Float64Array[] | undefined {
  const random = stream(seed, 'field', prime);
  const rows: Float64Array[] = [];
  let wanted = 1;
  for (let failures = 0; rows.length < wanted; ) {
    checkpoint?.(operations.residueFunction);
    const point: FieldPoint = fieldPoint(prime, random);
    try {
      const x = Array.from({ length: family.inputDim }, () => point.draw());
      rows.push(Float64Array.from(family.evaluate<number>(point, x)));
    } catch (error) {
      if (!(error instanceof NoSuchPoint)) throw error;
      if (++failures > 64 * (rows.length + 1)) return undefined;
    }
    wanted = (rows[0]?.length ?? 0) + EXTRA;
  }
  return rows;
}

function relationsOf(
  reduced: readonly { prime: number; rows: Float64Array[] }[],
  pivots: readonly number[],
  checkpoint?: Checkpoint,
): Pick<RelationBasis, 'relations' | 'unread'> {
  const columns = reduced[0]?.rows[0]?.length ?? 0;
  const isPivot = new Set(pivots);
  const relations: Relation[] = [];
  const unread: number[] = [];
  for (let column = 0; column < columns; column++) {
    if (isPivot.has(column)) continue;
    checkpoint?.(pivots.length * operations.residueFunction);
    const coefficients = new Map<number, Rational>();
    const readable = pivots.every((pivot, row) => {
      const residues = reduced.map(({ prime, rows }) => ({ prime, residue: rows[row]![column]! }));
      if (residues.every(({ residue }) => residue === 0)) return true;
      const found = fraction(residues);
      if (found) coefficients.set(pivot, found);
      return found !== undefined;
    });
    if (readable) relations.push({ column, coefficients });
    else unread.push(column);
  }
  return { relations, unread };
}

/** The fraction behind residues modulo several primes, the last of which checks it; nothing if there is none. */
function fraction(residues: readonly { prime: number; residue: number }[]): Rational | undefined {
  const check = residues.at(-1)!;
  let combined = 0n;
  let modulus = 1n;
  for (const { prime, residue } of residues.slice(0, -1)) {
    const p = BigInt(prime);
    const inverse = BigInt(powerModulo(Number(modulus % p), prime - 2, prime));
    const step = (((BigInt(residue) - combined) % p) + p) % p;
    combined += modulus * ((step * inverse) % p);
    modulus *= p;
  }
  const found = reconstructRational(combined, modulus);
  if (found === undefined) return undefined;
  const difference = found.numerator - BigInt(check.residue) * found.denominator;
  return difference % BigInt(check.prime) === 0n ? found : undefined;
}
