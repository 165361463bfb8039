import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneHot } from '../../src/tensor/one-hot.ts';
import { onEveryBackend } from '../backends.ts';

onEveryBackend(() => {
  test('has a float one at each index and zeros elsewhere', () => {
    const lists = fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(lists, fc.integer({ min: 7, max: 9 }), (index, depth) => {
        tf.tidy(() => {
          const rows = oneHot(tf.tensor1d(index, 'int32'), depth);
          expect(rows.dtype).toBe('float32');
          expect(rows.arraySync()).toEqual(
            index.map((hot) => Array.from({ length: depth }, (_, i) => (i === hot ? 1 : 0))),
          );
        });
      }),
      { seed: 1 },
    );
  });

  test('has rows of zeros for an index outside', () => {
    tf.tidy(() => {
      expect(oneHot(tf.tensor1d([-1, 3, 1], 'int32'), 3).arraySync()).toEqual([
        [0, 0, 0],
        [0, 0, 0],
        [0, 1, 0],
      ]);
    });
  });
});
