import { MoeError } from '@tfjs-moe/core';
import { integerSqrt, magnitude } from '../ball/ball.ts';

/** Integers below it are exact in float64. */
const EXACT = 1n << 53n;

/** In lowest terms, the denominator positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * Rational numbers over BigInt: the coefficients of exact relations.
 *
 * A quotient of integers in lowest terms.
 */
export function rational(numerator: bigint, denominator = 1n): Rational {
  if (denominator === 0n) throw new MoeError('rational', 'the denominator must not be 0');
  if (denominator === 1n) return { numerator, denominator };
  const common = greatestCommonDivisor(magnitude(numerator), magnitude(denominator));
  const divisor = denominator < 0n ? -common : common;
  if (divisor === 1n) return { numerator, denominator };
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** Euclid's algorithm for numbers >= 0, in float64 as soon as they fit: most of them do, and it is many times faster. */
function greatestCommonDivisor(first: bigint, second: bigint): bigint {
  let [a, b] = [first, second];
  while (b !== 0n) {
    if (a < EXACT && b < EXACT) {
      let [u, v] = [Number(a), Number(b)];
      while (v !== 0) [u, v] = [v, u % v];
      return BigInt(u);
    }
    [a, b] = [b, a % b];
  }
  return a;
}

/** A float64 number exactly. */
export function rationalOf(value: number): Rational {
  if (!Number.isFinite(value))
    throw new MoeError('rational', 'a rational number needs a finite number', value);
  let denominator = 1n;
  let integer = value;
  while (!Number.isInteger(integer)) {
    integer *= 2;
    denominator *= 2n;
  }
  return rational(BigInt(integer), denominator);
}

/** `-3/4`, or `2` where the denominator is 1. */
export function rationalText({ numerator, denominator }: Rational): string {
  return denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;
}

/**
 * The one fraction with numerator and denominator below $\sqrt{m/2}$ that is congruent to `residue` modulo m; nothing
 * if there is none. Source: Wang, "A p-adic Algorithm for Univariate Partial Fractions" (1981).
 * @param bound $\lfloor\sqrt{m/2}\rfloor$, for those who read many fractions of one modulus
 */
export function reconstructRational(
  residue: bigint,
  modulus: bigint,
  bound: bigint = integerSqrt(modulus / 2n),
): Rational | undefined {
  let [before, now] = [modulus, residue];
  let [coefficientBefore, coefficient] = [0n, 1n];
  while (now > bound) {
    const quotient = before / now;
    [before, now] = [now, before - quotient * now];
    [coefficientBefore, coefficient] = [coefficient, coefficientBefore - quotient * coefficient];
  }
  if (coefficient === 0n || magnitude(coefficient) > bound) return undefined;
  return rational(now, coefficient);
}

export function addRational(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function mulRational(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** $1/a$. */
export function invertRational({ numerator, denominator }: Rational): Rational {
  return rational(denominator, numerator);
}
