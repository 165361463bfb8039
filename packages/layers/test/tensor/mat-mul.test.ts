import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matMul } from '../../src/tensor/mat-mul.ts';
import { assertSameGradients, assertSameValues, drawnInput, type Twins } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';

const size = fc.integer({ min: 1, max: 9 });

function twinsOf(n: number, m: number, p: number): Twins {
  return {
    inputs: [drawnInput([n, m], 1), drawnInput([m, p], 2)],
    tensor: (a, b) => matMul(a as tf.Tensor, b as tf.Tensor),
    float64: (a, b) =>
      Float64Array.from({ length: n * p }, (_, i) => {
        let sum = 0;
        for (let k = 0; k < m; k++)
          sum += (a?.[Math.floor(i / p) * m + k] ?? 0) * (b?.[k * p + (i % p)] ?? 0);
        return sum;
      }),
  };
}

onEveryBackend(() => {
  test('is the product, whatever the sizes', () => {
    fc.assert(
      fc.property(size, size, size, (n, m, p) => {
        assertSameValues(`${n} x ${m} x ${p}`, twinsOf(n, m, p));
      }),
      { seed: 1 },
    );
  });

  test('has the gradients of the product', () => {
    for (const [n, m, p] of [
      [1, 1, 1],
      [5, 3, 4],
      [8, 8, 8],
      [2, 9, 1],
    ] as const) {
      assertSameGradients(`${n} x ${m} x ${p}`, twinsOf(n, m, p));
    }
  });

  test('refuses matrices that do not fit', () => {
    expect(() => matMul(tf.ones([2, 3]), tf.ones([2, 2]))).toThrow(/inner shapes/);
  });
});
