import { rational, rationalOf, rationalText, reconstructRational } from '@tfjs-moe/numerics/exact';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test('fractions are in lowest terms, the denominator positive', () => {
  expect(rational(6n, -4n)).toEqual({ numerator: -3n, denominator: 2n });
  expect(rational(0n, -7n)).toEqual({ numerator: 0n, denominator: 1n });
  expect([rational(-6n, 3n), rational(1n, 3n)].map(rationalText)).toEqual(['-2', '1/3']);
  expect(() => rational(1n, 0n)).toThrow('denominator must not be 0');
});

test('float64 numbers are fractions exactly', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), (value) => {
      const { numerator, denominator } = rationalOf(value);
      expect(denominator & (denominator - 1n)).toBe(0n);
      // Both parts of a normal number fit into float64's range.
      if (Math.abs(value) > 1e-280) expect(Number(numerator) / Number(denominator)).toBe(value);
    }),
  );
  expect(() => rationalOf(Infinity)).toThrow('finite');
});

test('a fraction comes back from its residue', () => {
  const modulus = 67108859n * 67108763n * 67108667n;
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 11n), 10n ** 11n), fc.bigInt(1n, 10n ** 11n), (numerator, denominator) => {
      let inverse = 1n;
      let [a, b, x, y] = [denominator % modulus, modulus, 1n, 0n];
      while (b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
      fc.pre(a === 1n);
      inverse = ((x % modulus) + modulus) % modulus;
      const residue = (((numerator * inverse) % modulus) + modulus) % modulus;
      expect(reconstructRational(residue, modulus)).toEqual(rational(numerator, denominator));
    }),
  );
});
