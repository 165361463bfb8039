/** The committed 40-digit values, and the distance of a float64 number from one of them. */
import { readFileSync } from 'node:fs';

interface Reference {
  readonly special: readonly {
    readonly at: number;
    readonly erf: string;
    readonly erfc: string;
    readonly normalCdf: string;
  }[];
  /** By function: argument, value, first and second derivative. */
  readonly elementary: Readonly<Record<string, readonly (readonly [number, string, string, string])[]>>;
}

export const reference: Reference = JSON.parse(
  readFileSync(new URL('fixtures/elementary.json', import.meta.url), 'utf8'),
);

/** |actual - expected| / |expected|, the difference taken exactly. */
export function relativeError(actual: number, expected: string): number {
  return actual === Number(expected) ? 0 : absoluteError(actual, expected) / Math.abs(Number(expected));
}

/** |actual - expected|, the difference taken exactly: the nearest float64 of a decimal is itself off by half an ulp. */
export function absoluteError(actual: number, expected: string): number {
  const difference = scaled(toDecimal(actual)) - scaled(expected);
  return Math.abs(Number(difference)) * 10 ** -DIGITS;
}

const DIGITS = 240;

/** A finite number with enough digits to be exact for the difference. */
const toDecimal = (value: number) => value.toExponential(60);

/** A decimal number times 10^DIGITS, truncated. */
function scaled(decimal: string): bigint {
  const [mantissa = '', exponent = '0'] = decimal.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = DIGITS + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  return shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
}
