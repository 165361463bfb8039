import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { useKernels } from '../kernels.ts';
import { expectLikeStock } from './like-stock.ts';

beforeEach(useKernels);

/** erf in float64: its series, and its continued fraction in the tail (Abramowitz and Stegun 7.1.5, 7.1.14). */
function erf64(x: number): number {
  const z = Math.abs(x);
  if (z < 2.5) {
    let [sum, term] = [z, z];
    for (let n = 1; n < 120; n++) {
      term *= (-z * z) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 200; n > 0; n--) fraction = n / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + fraction));
}

/** Distance in units of the last place of a float32. */
function ulps(actual: number, exact: number): number {
  const size = Math.max(Math.abs(exact), 2 ** -126);
  return Math.abs(actual - exact) / 2 ** (Math.floor(Math.log2(size)) - 23);
}

const special = [Number.NaN, Infinity, -Infinity, 0, -0, 1e30, -1e30, 1e-40, 89, -89, 104.5, -104.5];

describe.each([
  { name: 'exp', op: tf.exp, exact: Math.exp, bound: 1, ranges: [[-87, 88.7]] },
  {
    name: 'tanh',
    op: tf.tanh,
    exact: Math.tanh,
    bound: 7,
    ranges: [
      [-12, 12],
      [-1e-3, 1e-3],
    ],
  },
  {
    name: 'sigmoid',
    op: tf.sigmoid,
    exact: (x: number) => 1 / (1 + Math.exp(-x)),
    bound: 4,
    ranges: [
      [-80, 30],
      [-1e-3, 1e-3],
    ],
  },
  {
    name: 'erf',
    op: tf.erf,
    exact: erf64,
    bound: 8,
    ranges: [
      [-6, 6],
      [-1e-3, 1e-3],
    ],
  },
])('$name', ({ op, exact, bound, ranges }) => {
  test.each(ranges)(`is within ${bound} units in the last place on [%f, %f]`, (low, high) => {
    const x = tf.linspace(low as number, high as number, 100_003);
    const y = op(x).dataSync();
    x.dataSync().forEach((value, i) => {
      if (!(ulps(y[i]!, exact(value)) <= bound)) expect.fail(`at ${value}: ${y[i]}`);
    });
  });

  test('treats NaN, infinities, zeros and extremes as tfjs does', () => {
    expectLikeStock(() => op(tf.tensor1d(special)), 1e-6);
  });

  test('keeps shape and dtype, of integers too', () => {
    expectLikeStock(() => op(tf.reshape(tf.range(-3, 3), [1, 2, 3])), 1e-6);
    expectLikeStock(() => op(tf.zeros([0, 2])), 0);
  });
});
