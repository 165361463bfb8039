import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { numbers } from '../groups.ts';
import { useKernels } from '../kernels.ts';
import { expectLikeStock } from './like-stock.ts';

beforeEach(useKernels);

const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(33, 64));
const anyProduct = fc.record({
  batches: fc.constantFrom<[number[], number[]]>(
    [[], []],
    [[1], [1]],
    [[3], [3]],
    [
      [2, 2],
      [2, 2],
    ],
    [[4], [1]],
    [[1], [4]],
    [
      [2, 3],
      [1, 1],
    ],
    [
      [2, 3],
      [1, 3],
    ],
    [[2], [3, 1]],
  ),
  rows: size,
  depth: size,
  units: size,
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  seed: fc.nat(),
});

describe('batched and transposed products', () => {
  test('equal those of tfjs', () => {
    fc.assert(
      fc.property(anyProduct, ({ batches, rows, depth, units, transposeA, transposeB, seed }) => {
        const [a, b] = [
          [...batches[0], ...(transposeA ? [depth, rows] : [rows, depth])],
          [...batches[1], ...(transposeB ? [units, depth] : [depth, units])],
        ].map((shape, i) => tf.tensor(numbers(tf.util.sizeFromShape(shape), seed, `${i}`), shape)) as [
          tf.Tensor,
          tf.Tensor,
        ];
        expectLikeStock(() => tf.matMul(a, b, transposeA, transposeB), 1e-5);
        tf.dispose([a, b]);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  test('empty products', () => {
    for (const [a, b, transposeA, transposeB] of [
      [[0, 3], [4, 3], false, true],
      [[3, 0], [3, 4], true, false],
      [[0, 2, 3], [0, 3, 4], false, false],
    ] as const) {
      const y = tf.tidy(() => tf.matMul(tf.zeros([...a]), tf.zeros([...b]), transposeA, transposeB));
      expect(y.size).toBe(0);
      y.dispose();
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('%s goes where tfjs puts it', (value) => {
    const a = tf.tensor2d([1, 2, value, 4, 5, 6], [3, 2]);
    const b = tf.ones([7, 2]);
    expectLikeStock(() => tf.matMul(a, b as tf.Tensor2D, false, true), 0);
    expectLikeStock(() => tf.matMul(a, tf.ones([3, 5]), true, false), 0);
    tf.dispose([a, b]);
  });

  test('sizes that do not fit are still an error', () => {
    expect(() => tf.tidy(() => tf.matMul(tf.ones([2, 3, 4]), tf.ones([2, 5, 6])))).toThrow(/inner/i);
  });
});
