import { rateSlope } from '@tfjs-moe/estimators';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

describe('the slope of losses', () => {
  test('of a power is that power, without doubt', () => {
    const slope = rateSlope([10, 100, 1000].map((n) => ({ n, loss: 3 / Math.sqrt(n) })))!;
    expect(slope.value).toBeCloseTo(-0.5, 10);
    expect(slope.high - slope.low).toBeCloseTo(0, 6);
    expect(10 ** slope.intercept).toBeCloseTo(3, 8);
  });

  test('has the interval of a textbook', () => {
    // y = 1, 2, 2 at x = 0, 1, 2: slope 1/2, residual sum of squares 1/6, one degree of freedom, t = 12.71.
    const losses = [1, 2, 2].map((y, x) => ({ n: 10 ** x, loss: 10 ** y }));
    const { value, high } = rateSlope(losses)!;
    expect(value).toBeCloseTo(0.5, 10);
    expect(high - value).toBeCloseTo(12.71 * Math.sqrt(1 / 6 / 2), 6);
  });

  test('needs two sizes and three losses that have a logarithm', () => {
    expect(rateSlope([{ n: 10, loss: 1 }])).toBeUndefined();
    expect(rateSlope(Array.from({ length: 4 }, () => ({ n: 10, loss: 1 })))).toBeUndefined();
    expect(rateSlope([10, 20, 30].map((n) => ({ n, loss: 0 })))).toBeUndefined();
    expect(rateSlope([10, 20, 30].map((n) => ({ n, loss: Number.POSITIVE_INFINITY })))).toBeUndefined();
    expect(() => rateSlope(undefined as never)).toThrow('[tfjs-moe] rateSlope: losses must be an array');
  });

  test('does not depend on the unit of the loss, and is unchanged by losses without a logarithm', () => {
    const losses = fc.array(
      fc.tuple(fc.integer({ min: 10, max: 9999 }), fc.double({ min: 0.01, max: 10, noNaN: true })),
      {
        minLength: 4,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(losses, fc.double({ min: 0.1, max: 10, noNaN: true }), (pairs, unit) => {
        const of = pairs.map(([n, loss]) => ({ n, loss }));
        const [own, scaled] = [rateSlope(of), rateSlope(of.map(({ n, loss }) => ({ n, loss: unit * loss })))];
        expect(own === undefined).toBe(scaled === undefined);
        if (own && scaled)
          expect(Math.abs(own.value - scaled.value)).toBeLessThan(1e-6 * (1 + Math.abs(own.value)));
        expect(rateSlope([...of, { n: 100, loss: 0 }, { n: 100, loss: Number.NaN }])).toEqual(own);
      }),
    );
  });
});
