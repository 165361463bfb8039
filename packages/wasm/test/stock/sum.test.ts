import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { numbers } from '../groups.ts';
import { useKernels } from '../kernels.ts';
import { expectLikeStock } from './like-stock.ts';

beforeEach(useKernels);

test('sums and means over any axes equal those of tfjs', () => {
  const anySum = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }).chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      axis: fc.option(fc.subarray(shape.map((_, i) => i)), { nil: undefined }),
      keepDims: fc.boolean(),
      dtype: fc.constantFrom<'float32' | 'int32' | 'bool'>('float32', 'float32', 'int32', 'bool'),
      seed: fc.nat(),
    }),
  );
  fc.assert(
    fc.property(anySum, ({ shape, axis, keepDims, dtype, seed }) => {
      const values = numbers(tf.util.sizeFromShape(shape), seed, 'x');
      const x = tf.tidy(() =>
        tf.cast(
          tf.tensor(
            values.map((v) => (dtype === 'float32' ? v : 4 * v)),
            shape,
          ),
          dtype,
        ),
      );
      expectLikeStock(() => tf.sum(x, axis, keepDims), 1e-6);
      expectLikeStock(() => tf.mean(x, axis, keepDims), 1e-6);
      x.dispose();
    }),
    { numRuns: 1000, seed: 1 },
  );
});

test('an empty tensor', () => {
  expectLikeStock(() => tf.sum(tf.zeros([0, 5]), 0), 0);
});

test('NaN and infinities go where tfjs puts them', () => {
  const x = tf.tensor2d([1, Number.NaN, 3, 4, Number.POSITIVE_INFINITY, 6, 7, 8], [2, 4]);
  expectLikeStock(() => tf.sum(x, 0), 0);
  expectLikeStock(() => tf.sum(tf.concat([x, tf.neg(x)], 0), 0), 0);
  x.dispose();
});

test('long sums keep their precision', () => {
  const y = tf.tidy(() => tf.sum(tf.fill([100_000, 4], 0.1), 0));
  for (const value of y.dataSync()) expect(Math.abs(value - 10_000)).toBeLessThan(1);
  y.dispose();
});
