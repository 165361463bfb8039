import { digamma, logGamma, trigamma } from '@tfjs-moe/numerics';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gammas } from './laws-reference.ts';

/** Of the value, or of 1 near a root. */
const isClose = (value: number, wanted: number, ulps: number) =>
  expect(Math.abs(value - wanted) / Math.max(1, Math.abs(wanted))).toBeLessThan(ulps * 2 ** -52);

test('log-gamma and its derivatives are those of mpmath', () => {
  for (const [x, log, first, second] of gammas) {
    isClose(logGamma(x), log, 32);
    isClose(digamma(x), first, 8);
    isClose(trigamma(x), second, 8);
  }
});

test('each keeps its recurrence', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (x) => {
      isClose(logGamma(x + 1), logGamma(x) + Math.log(x), 32);
      isClose((digamma(x + 1) - digamma(x)) * x, 1, 32 + 32 * x);
      isClose((trigamma(x + 1) + 1 / (x * x)) / trigamma(x), 1, 32);
    }),
  );
});
