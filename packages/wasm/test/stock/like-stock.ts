/** Comparing a replaced kernel with the one that tfjs ships. */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { register, unregister } from '../../src/index.ts';

/** Computes twice, without and with the package, and checks values, shape and dtype. */
export function expectLikeStock(compute: () => tf.Tensor, tolerance: number): void {
  unregister();
  const expected = read(compute);
  register();
  const actual = read(compute);
  expect([actual.shape, actual.dtype]).toEqual([expected.shape, expected.dtype]);
  expect(actual.values.length).toBe(expected.values.length);
  const scale = Array.from(expected.values).reduce(
    (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
    1,
  );
  expected.values.forEach((value, i) => {
    const other = actual.values[i]!;
    const same = Object.is(other, value) || other === value || Math.abs(other - value) <= tolerance * scale;
    if (!same) expect.fail(`number ${i} is ${other}, with tfjs ${value}`);
  });
}

function read(compute: () => tf.Tensor) {
  const y = tf.tidy(compute);
  const values = y.dataSync() as Float32Array;
  y.dispose();
  return { values, shape: y.shape, dtype: y.dtype };
}
