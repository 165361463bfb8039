import { integerSqrt } from '../ball/ball.ts';
import { type Checkpoint, operations } from '../checkpoint.ts';
import type { Relation, RelationBasis } from './field-relations.ts';
import { isBetter, reduce } from './modular-elimination.ts';
import type { Polynomial } from './monomials.ts';
import { fieldPrimes, powerModulo } from './prime-field.ts';
import { mulRational, type Rational, rational, reconstructRational } from './rational.ts';

/** Primes after which fractions are read; where some are too long still, more are taken. */
const ROUNDS = [4, 8, 16, 32, 64];

/** An expression over a common denominator. */
interface Integral {
  readonly terms: readonly (readonly [monomial: number, coefficient: bigint])[];
  readonly denominator: bigint;
}

interface Reduced {
  readonly prime: number;
  readonly pivots: readonly number[];
  readonly rows: readonly Float64Array[];
}

/**
 * Linear relations of formal expressions, found modulo primes and proved exactly.
 *
 * Elimination over the rationals drowns in long fractions when many dense expressions share their monomials. Modulo a
 * prime nothing grows: the coefficients come from several primes by the Chinese remainder theorem and are read as
 * fractions, and each relation is then verified in exact arithmetic, $\sum_i c_i f_i - f = 0$ monomial by monomial. What is
 * returned is proved; the primes only say where to look.
 *
 * The relations of expressions; nothing where their fractions are longer than 64 primes can tell.
 */
export function modularRelations(
  expressions: readonly Polynomial[],
  checkpoint?: Checkpoint,
): RelationBasis | undefined {
  const integral = expressions.map(integralOf);
  const terms = integral.reduce((sum, of) => sum + of.terms.length, 0);
  const primes = fieldPrimes(ROUNDS.at(-1) as number);
  const reduced: Reduced[] = [];
  const proved = new Map<number, Relation>();
  let profile = '';
  for (const round of ROUNDS) {
    for (const prime of primes.slice(reduced.length, round)) {
      checkpoint?.(terms * operations.residueFunction);
      const rows = residues(integral, prime);
      const pivots = rows ? reduce(rows, prime, checkpoint) : [];
      reduced.push({ prime, pivots, rows: rows ?? [] });
    }
    // An unlucky prime has a smaller rank or a later pivot.
    const { pivots } = reduced.reduce((a, b) => (isBetter(b.pivots, a.pivots) ? b : a));
    if (pivots.join() !== profile) proved.clear();
    profile = pivots.join();
    const agreeing = reduced.filter((other) => other.pivots.join() === profile);
    if (proveAll(integral, agreeing, proved, checkpoint)) {
      const relations = [...proved.values()].sort((a, b) => a.column - b.column);
      return { pivots, relations, unread: [] };
    }
  }
  return undefined;
}

function integralOf(expression: Polynomial): Integral {
  let denominator = 1n;
  for (const { denominator: own } of expression.values()) denominator = commonMultiple(denominator, own);
  const terms = [...expression].map(
    ([monomial, c]) => [monomial, c.numerator * (denominator / c.denominator)] as const,
  );
  return { terms, denominator };
}

function commonMultiple(a: bigint, b: bigint): bigint {
  return a % b === 0n ? a : a * rational(b, a).numerator;
}

/** One row per monomial, one column per expression; nothing where a denominator is zero modulo the prime. */
function residues(expressions: readonly Integral[], prime: number): Float64Array[] | undefined {
  const p = BigInt(prime);
  const rows = new Map<number, Float64Array>();
  for (const [column, { terms, denominator }] of expressions.entries()) {
    const below = Number(denominator % p);
    if (below === 0) return undefined;
    const inverse = powerModulo(below, prime - 2, prime);
    for (const [monomial, coefficient] of terms) {
      const row = rows.get(monomial) ?? new Float64Array(expressions.length);
      rows.set(monomial, row);
      row[column] = (Number(((coefficient % p) + p) % p) * inverse) % prime;
    }
  }
  return [...rows.values()];
}

/** Reads and proves the relations that are not proved yet; false as soon as one of them is not. */
function proveAll(
  expressions: readonly Integral[],
  reduced: readonly Reduced[],
  proved: Map<number, Relation>,
  checkpoint?: Checkpoint,
): boolean {
  const { pivots } = reduced[0]!;
  const isPivot = new Set(pivots);
  const read = fractionReader(reduced.map(({ prime }) => prime));
  for (let column = 0; column < expressions.length; column++) {
    if (isPivot.has(column) || proved.has(column)) continue;
    checkpoint?.(pivots.length * operations.term);
    const coefficients = new Map<number, Rational>();
    for (const [row, pivot] of pivots.entries()) {
      const values = reduced.map(({ rows }) => rows[row]![column]!);
      if (values.every((value) => value === 0)) continue;
      const found = read(values);
      if (found === undefined) return false;
      coefficients.set(pivot, found);
    }
    const relation = { column, coefficients };
    checkpoint?.(
      operations.term *
        [column, ...coefficients.keys()].reduce((n, i) => n + expressions[i]!.terms.length, 0),
    );
    if (!holds(expressions, relation)) return false;
    proved.set(column, relation);
  }
  return true;
}

/** Reads the fraction behind residues modulo some primes; nothing if there is none short enough. */
function fractionReader(primes: readonly number[]): (values: readonly number[]) => Rational | undefined {
  const modulus = primes.reduce((product, prime) => product * BigInt(prime), 1n);
  const bound = integerSqrt(modulus / 2n);
  // 1 modulo one prime and 0 modulo the others.
  const units = primes.map((prime) => {
    const others = modulus / BigInt(prime);
    return others * BigInt(powerModulo(Number(others % BigInt(prime)), prime - 2, prime));
  });
  return (values) => {
    const sum = values.reduce((total, value, i) => total + BigInt(value) * units[i]!, 0n);
    return reconstructRational(sum % modulus, modulus, bound);
  };
}

/** Whether a relation is true, in exact arithmetic. */
function holds(expressions: readonly Integral[], { column, coefficients }: Relation): boolean {
  const all = new Map([...coefficients, [column, rational(-1n)] as const]);
  const factors = [...all].map(([i, c]) => {
    const { terms, denominator } = expressions[i]!;
    return { terms, factor: mulRational(c, rational(1n, denominator)) };
  });
  const common = factors.reduce((multiple, { factor }) => commonMultiple(multiple, factor.denominator), 1n);
  const sums = new Map<number, bigint>();
  for (const { terms, factor } of factors) {
    const scaled = factor.numerator * (common / factor.denominator);
    for (const [monomial, coefficient] of terms)
      sums.set(monomial, (sums.get(monomial) ?? 0n) + scaled * coefficient);
  }
  return [...sums.values()].every((sum) => sum === 0n);
}
