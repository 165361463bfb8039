import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expOfNegative } from '../../../src/likelihood/passes/exp-of-negative.ts';

/** Two units in the last place. */
const CLOSE = 4 * 2 ** -53;

test('is the exponential function to two units in the last place, at any number that is not positive', () => {
  const negative = fc.double({ max: 0, noNaN: true, noDefaultInfinity: true });
  const usual = fc.double({ min: -750, max: 0, noNaN: true });
  fc.assert(
    fc.property(fc.oneof(negative, usual, usual), (x) => {
      const exact = Math.exp(x);
      expect(Math.abs(expOfNegative(x) - exact)).toBeLessThanOrEqual(CLOSE * exact);
    }),
    { numRuns: 2000 },
  );
});

test('is exact where nothing is left, and says what is no number', () => {
  expect([0, -0, -1e-300, -Infinity, Number.NaN, -1e4].map(expOfNegative)).toEqual([
    ...[1, 1, 1, 0, Number.NaN, 0],
  ]);
});
