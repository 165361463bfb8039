import { stream } from '@tfjs-moe/core';
import { rationalOf } from '@tfjs-moe/numerics/exact';
import {
  addDouble,
  type DoubleDouble,
  divDouble,
  exactProduct,
  exactSum,
  mulDouble,
  sqrtDouble,
  subDouble,
} from '@tfjs-moe/numerics/precise';
import { expect, test } from 'vitest';

const draw = stream(6, 'double-double');

function number(): DoubleDouble {
  const high = draw.normal() * 2 ** (draw.integer(41) - 20);
  return exactSum(high, high * 2 ** -54 * (2 * draw.uniform() - 1));
}

/** Exactly, in units of 2^-400. */
function integer({ high, low }: DoubleDouble): bigint {
  return [high, low].reduce((sum, part) => {
    const { numerator, denominator } = rationalOf(part);
    return sum + (numerator << 400n) / denominator;
  }, 0n);
}

const size = (a: bigint) => (a < 0n ? -a : a);

/** Whether |actual - expected| <= 2^-bits scale. */
const near = (actual: bigint, expected: bigint, scale: bigint, bits: bigint) =>
  size(actual - expected) <= size(scale) >> bits;

test('sums and products of float64 numbers are exact', () => {
  for (let i = 0; i < 2000; i++) {
    const [a, b] = [number().high, number().high];
    const [x, y] = [integer({ high: a, low: 0 }), integer({ high: b, low: 0 })];
    expect(integer(exactSum(a, b)) === x + y).toBe(true);
    expect(integer(exactProduct(a, b)) === (x * y) >> 400n).toBe(true);
  }
});

test('operations are right to 2^-100, decided in integers', () => {
  for (let i = 0; i < 2000; i++) {
    const [a, b] = [number(), number()];
    const [x, y] = [integer(a), integer(b)];
    expect(near(integer(addDouble(a, b)), x + y, x + y, 100n)).toBe(true);
    expect(near(integer(subDouble(a, b)), x - y, x - y, 100n)).toBe(true);
    expect(near(integer(mulDouble(a, b)), (x * y) >> 400n, (x * y) >> 400n, 100n)).toBe(true);
    expect(near(integer(divDouble(a, b)), (x << 400n) / y, (x << 400n) / y, 100n)).toBe(true);
    const root = integer(sqrtDouble(mulDouble(a, a)));
    expect(near(root, size(x), x, 100n)).toBe(true);
  }
});

test('zero has a root', () => {
  expect(sqrtDouble({ high: 0, low: 0 })).toEqual({ high: 0, low: 0 });
});
