import { incompleteGamma } from '@tfjs-moe/numerics';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { incompleteGammas } from './laws-reference.ts';

test('both parts are those of mpmath', () => {
  for (const [a, x, lower, upper] of incompleteGammas) {
    const found = incompleteGamma(a, x);
    // The mass itself is known to |log mass| ulps; the larger part to the digits of 1.
    for (const [value, wanted] of [
      [found[0], lower],
      [found[1], upper],
    ] as const) {
      const digits = Math.min(Math.abs(value - wanted) / wanted, Math.abs(value - wanted) * 1e3);
      expect(digits, `${a} ${x}`).toBeLessThan(1e-12);
    }
  }
});

test('a whole a is a Poisson sum', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.double({ min: 0.01, max: 60, noNaN: true }), (a, x) => {
      let term = Math.exp(-x);
      let sum = term;
      for (let k = 1; k < a; k++) {
        term *= x / k;
        sum += term;
      }
      expect(Math.abs(incompleteGamma(a, x)[1] - sum)).toBeLessThan(1e-13);
    }),
  );
});

test('the ends, and what is no number', () => {
  expect(incompleteGamma(2, 0)).toEqual([0, 1]);
  expect(incompleteGamma(2, Infinity)).toEqual([1, 0]);
  expect(incompleteGamma(Number.NaN, 1)[0]).toBeNaN();
});
