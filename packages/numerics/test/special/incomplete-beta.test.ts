import { incompleteBeta } from '@tfjs-moe/numerics';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { incompleteBetas } from './laws-reference.ts';

test('both parts are those of mpmath', () => {
  for (const [a, b, x, lower, upper] of incompleteBetas) {
    const found = incompleteBeta(a, b, x);
    for (const [value, wanted] of [
      [found[0], lower],
      [found[1], upper],
    ] as const) {
      const digits = Math.min(Math.abs(value - wanted) / wanted, Math.abs(value - wanted) * 1e3);
      // The logarithms of the gamma functions have absolute errors of their size.
      expect(digits, `${a} ${b} ${x}`).toBeLessThan(2e-15 * (100 + (a + b) * Math.log(a + b)));
    }
  }
});

test('whole numbers are binomial sums', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 19 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (n, below, p) => {
        fc.pre(below < n);
        let term = (1 - p) ** n;
        let sum = term;
        for (let k = 1; k <= below; k++) {
          term *= ((n - k + 1) / k) * (p / (1 - p));
          sum += term;
        }
        expect(Math.abs(incompleteBeta(n - below, below + 1, 1 - p)[0] - sum)).toBeLessThan(1e-12);
      },
    ),
  );
});

test('the ends, and what is no number', () => {
  expect(incompleteBeta(2, 3, 0)).toEqual([0, 1]);
  expect(incompleteBeta(2, 3, 1)).toEqual([1, 0]);
  expect(incompleteBeta(2, Number.NaN, 0.5)[0]).toBeNaN();
});
