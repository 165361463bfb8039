import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { copyToExperts, sumOverExperts } from '../../src/tensor/expert-axis.ts';
import { assertSameGradients, assertSameValues, drawnInput, type Twins } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';

const sizes = [
  { experts: 2, rows: 1, features: 1 },
  { experts: 3, rows: 4, features: 2 },
  { experts: 5, rows: 2, features: 7 },
];

onEveryBackend(() => {
  describe.each(sizes)('$experts experts, $rows rows, $features features', (size) => {
    const { experts, rows, features } = size;
    const own = rows * features;

    const copies: Twins = {
      inputs: [drawnInput([1, rows, features], 1)],
      tensor: (x) => copyToExperts(x as tf.Tensor, experts),
      float64: (x) => Array.from({ length: experts }, () => [...(x as Float64Array)]).flat(),
    };
    const sums: Twins = {
      inputs: [drawnInput([experts, rows, features], 2)],
      tensor: (x) => sumOverExperts(x as tf.Tensor),
      float64: (x) =>
        Array.from({ length: own }, (_, i) => {
          let sum = 0;
          for (let e = 0; e < experts; e++) sum += (x as Float64Array)[e * own + i]!;
          return sum;
        }),
    };

    test('a copy for each expert, whose gradients add up', () => {
      assertSameValues('copies', copies);
      assertSameGradients('copies', copies);
    });

    test('the sum over the experts, whose gradient goes to each', () => {
      assertSameValues('sum', sums);
      assertSameGradients('sum', sums);
    });

    test('shapes keep three axes', () => {
      tf.tidy(() => {
        expect(copyToExperts(tf.ones([1, rows, features]), experts).shape).toEqual([experts, rows, features]);
        expect(sumOverExperts(tf.ones([experts, rows, features])).shape).toEqual([1, rows, features]);
      });
    });
  });

  test('what has an axis of experts, or one expert, is left as it is', () => {
    const [several, one] = [tf.ones([3, 2, 2]), tf.ones([1, 2, 2])];
    expect(copyToExperts(several, 3)).toBe(several);
    expect(copyToExperts(one, 1)).toBe(one);
    expect(sumOverExperts(one)).toBe(one);
    tf.dispose([several, one]);
  });
});
