import * as tf from '@tensorflow/tfjs-core';
import { drawnRows } from '@tfjs-moe/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gatherRows, rowRange } from '../../src/tensor/gather-rows.ts';
import { onEveryBackend } from '../backends.ts';

const float32 = (rows: number[][]) => rows.map((row) => row.map(Math.fround));

onEveryBackend(() => {
  describe('gatherRows', () => {
    test('picks any rows in any order, repeats included', () => {
      const anyRows = fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 9 });
      fc.assert(
        fc.property(anyRows, fc.integer({ min: 1, max: 4 }), (index, features) => {
          const rows = float32(drawnRows(6, features, 1));
          tf.tidy(() => {
            const picked = gatherRows(tf.tensor2d(rows), column(index));
            expect(picked.arraySync()).toEqual(index.map((row) => rows[row]));
          });
        }),
        { seed: 1 },
      );
    });

    test('picks numbers of a vector and matrices of a stack', () => {
      tf.tidy(() => {
        const index = column([2, 0]);
        expect(gatherRows(tf.tensor1d([5, 6, 7]), index).arraySync()).toEqual([7, 5]);
        const stack = tf.reshape(tf.range(0, 12), [3, 2, 2]);
        expect(Array.from(gatherRows(stack, index).dataSync())).toEqual([8, 9, 10, 11, 0, 1, 2, 3]);
      });
    });
  });

  describe('rowRange', () => {
    test('is a range of rows of tensors of any rank', () => {
      const shape = fc.constantFrom<number[]>([6], [6, 3], [6, 2, 2]);
      const bounds = fc.tuple(fc.nat({ max: 5 }), fc.integer({ min: 1, max: 6 })).filter(([a, b]) => a < b);
      fc.assert(
        fc.property(shape, bounds, (sizes, [start, end]) => {
          tf.tidy(() => {
            const x = tf.reshape(tf.range(0, tf.util.sizeFromShape(sizes)), sizes);
            const whole = x.arraySync() as unknown[];
            expect(rowRange(x, start, end).arraySync()).toEqual(whole.slice(start, end));
          });
        }),
        { seed: 1 },
      );
    });

    test('is the tensor itself when it is all of it', () => {
      const x = tf.ones([3, 2]);
      expect(rowRange(x, 0, 3)).toBe(x);
      x.dispose();
    });
  });
});

function column(index: readonly number[]): tf.Tensor {
  return tf.tensor2d([...index], [index.length, 1], 'int32');
}
