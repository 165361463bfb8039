/**
 * Coefficients of relations as monomials in the parameters, $c\,\prod_i \theta_i^{e_i}$ with c a fraction.
 *
 * They are read off exactly: at parameters that are different primes a coefficient shows its exponents by its factors,
 * and a second set of primes refutes a coefficient that only looks like a monomial. This finds candidates; `generalProofs`
 * proves them.
 */
import { type Rational, rational, rationalOf, rationalText } from '@tfjs-moe/numerics/exact';
import type { Parameter } from './parametric-family.ts';

export interface Monomial {
  readonly coefficient: Rational;
  /** Exponents by index of the parameter, none of them 0. */
  readonly powers: ReadonlyMap<number, number>;
}

/** Two sets of different primes, above any constant that occurs in a relation. */
export function primeParameters(count: number): readonly [number[], number[]] {
  const primes: number[] = [];
  for (let candidate = 11; primes.length < 2 * count; candidate += 2) {
    if (primes.every((prime) => candidate % prime !== 0) && ![3, 5, 7].some((f) => candidate % f === 0))
      primes.push(candidate);
  }
  return [primes.slice(0, count), primes.slice(count)];
}

/** The monomial that has given values at two sets of primes; nothing if there is none. */
export function monomialOf(
  values: readonly [Rational, Rational],
  at: readonly [readonly number[], readonly number[]],
): Monomial | undefined {
  const [first, second] = values.map((value, set) => factored(value, at[set]!)) as [Monomial, Monomial];
  const sameSize = rationalText(first.coefficient) === rationalText(second.coefficient);
  const samePowers =
    first.powers.size === second.powers.size &&
    [...first.powers].every(([i, e]) => second.powers.get(i) === e);
  return sameSize && samePowers ? first : undefined;
}

function factored({ numerator, denominator }: Rational, primes: readonly number[]): Monomial {
  const powers = new Map<number, number>();
  let [above, below] = [numerator, denominator];
  primes.forEach((prime, i) => {
    const p = BigInt(prime);
    for (; above !== 0n && above % p === 0n; above /= p) powers.set(i, (powers.get(i) ?? 0) + 1);
    for (; below % p === 0n; below /= p) powers.set(i, (powers.get(i) ?? 0) - 1);
  });
  return { coefficient: rational(above, below), powers };
}

/** The value of a monomial at some parameters. */
export function valueAt({ coefficient, powers }: Monomial, parameters: readonly number[]): Rational {
  let { numerator, denominator } = coefficient;
  for (const [i, e] of powers) {
    const value = rationalOf(parameters[i]!);
    const [above, below] =
      e > 0 ? [value.numerator, value.denominator] : [value.denominator, value.numerator];
    numerator *= above ** BigInt(Math.abs(e));
    denominator *= below ** BigInt(Math.abs(e));
  }
  return rational(numerator, denominator);
}

/** A coefficient as text and as LaTeX: its sign, and its size, which is empty where it is 1. */
export interface WrittenCoefficient {
  readonly negative: boolean;
  readonly text: string;
  readonly latex: string;
}

export function written(
  { coefficient, powers }: Monomial,
  parameters: readonly Parameter[],
): WrittenCoefficient {
  const size = coefficient.numerator < 0n ? -coefficient.numerator : coefficient.numerator;
  /** The factors above or below the line. */
  const side = (sign: 1 | -1, number: bigint, power: (of: Parameter, e: number) => string) => [
    ...(number === 1n ? [] : [`${number}`]),
    ...[...powers].filter(([, e]) => e * sign > 0).map(([i, e]) => power(parameters[i]!, e * sign)),
  ];
  const text = (sign: 1 | -1, number: bigint) =>
    side(sign, number, ({ name }, e) => (e === 1 ? name : `${name}^${e}`)).join(' ');
  // Symbols such as \beta_{1}^{(2)} have an upper index of their own.
  const latex = (sign: 1 | -1, number: bigint) =>
    side(sign, number, ({ latex: symbol }, e) => {
      if (e === 1) return symbol;
      return `${symbol.includes('^') ? `(${symbol})` : symbol}^{${e}}`;
    }).join('\\,');
  return {
    negative: coefficient.numerator < 0n,
    text: quotient(text(1, size), text(-1, coefficient.denominator)),
    latex: fraction(latex(1, size), latex(-1, coefficient.denominator)),
  };
}

function quotient(above: string, below: string): string {
  if (below === '') return above;
  return `(${above || '1'} / ${below.includes(' ') ? `(${below})` : below})`;
}

function fraction(above: string, below: string): string {
  return below === '' ? above : `\\tfrac{${above || '1'}}{${below}}`;
}
