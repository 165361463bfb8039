import * as tf from '@tensorflow/tfjs-core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { mixtureOfExperts } from '../src/index.ts';
import { flatten } from '../src/tokens.ts';
import { onEveryBackend } from './backends.ts';

const counting = (shape: number[]) => tf.reshape(tf.range(1, tf.util.sizeFromShape(shape) + 1), shape);

onEveryBackend(() => {
  test.each([
    { shape: [4, 2], tokens: 4 },
    { shape: [3, 2, 5], tokens: 6 },
    { shape: [2, 3, 2, 1], tokens: 12 },
    { shape: [2, 1, 2, 1, 3], tokens: 4 },
  ])('rows of an input $shape', ({ shape, tokens }) => {
    tf.tidy(() => {
      const x = counting(shape);
      const { x_TD, mask_T1, outer } = flatten('moe', x, undefined);
      expect(x_TD.shape).toEqual([tokens, shape.at(-1)]);
      expect(x_TD.dataSync()).toEqual(x.dataSync());
      expect(mask_T1).toBeUndefined();
      expect(outer).toEqual(shape.slice(0, -1));
      expect(flatten('moe', x, null).mask_T1).toBeUndefined();
    });
  });

  describe('masks of an input [2, 3, 2, 1]', () => {
    test.each([
      { of: 'numbers', mask: () => tf.tensor1d([1, 0]), expected: [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0] },
      {
        of: 'booleans',
        mask: () => tf.tensor2d([1, 0, 1, 0, 1, 1], [2, 3], 'bool'),
        expected: [1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1],
      },
      {
        of: 'integers',
        mask: () => tf.tensor3d([1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1], [2, 3, 2], 'int32'),
        expected: [1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1],
      },
      { of: 'anything but 0', mask: () => tf.tensor1d([-0.5, 3]), expected: new Array(12).fill(1) },
    ])('$of: $expected', ({ mask, expected }) => {
      tf.tidy(() => {
        const { x_TD, mask_T1 } = flatten('moe', counting([2, 3, 2, 1]), mask());
        expect(Array.from(mask_T1?.dataSync() ?? [])).toEqual(expected);
        expect(Array.from(x_TD.dataSync())).toEqual(expected.map((valid, t) => valid * (t + 1)));
      });
    });
  });

  test.each([[[3]], [[2, 2]], [[2, 3, 2, 1]], [[2, 3, 1]]])('a mask %o does not fit', (shape) => {
    tf.tidy(() => {
      expect(() => flatten('moe', counting([2, 3, 2, 1]), tf.ones(shape))).toThrow(
        `[tfjs-moe] moe: the mask must have the axes [2, 3, 2] of the input. Received: [${shape}].`,
      );
    });
  });

  test('an input without features is refused', () => {
    tf.tidy(() => {
      expect(() => flatten('moe', tf.ones([3]), undefined)).toThrow(
        '[tfjs-moe] moe: the input must be [batch, ..., features]. Received: [3].',
      );
    });
  });

  test.each(['dense', 'grouped', 'auto'] as const)(
    'NaN in padding reaches neither outputs nor gradients, %s',
    (dispatch) => {
      const layer = mixtureOfExperts({
        experts: 3,
        units: 2,
        seed: 1,
        gate: topK({ k: 2 }),
        expert: ffn({ hiddenUnits: 3 }),
        dispatch,
        nonFinite: 'throw',
      });
      tf.tidy(() => {
        const [first, , third] = drawnRows(3, 4, 1) as [number[], number[], number[]];
        const padding = [Number.NaN, Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY];
        const mask = tf.tensor1d([1, 0, 1]);
        const out = (rows: number[][], masked?: tf.Tensor) =>
          layer.apply(tf.tensor2d(rows), masked ? { mask: masked } : {}) as tf.Tensor2D;
        const alone = out([first, third]).arraySync();
        const [one, two, three] = out([first, padding, third], mask).arraySync();
        expect(two).toEqual([0, 0]);
        [one, three].forEach((row, i) => {
          row?.forEach((value, u) => {
            expect(value).toBeCloseTo(alone[i]![u]!, 6);
          });
        });
        const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
        const { grads } = tf.variableGrads(() => tf.sum(out([first, padding, third], mask)), variables);
        for (const gradient of Object.values(grads)) {
          expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true);
        }
      });
      layer.dispose();
    },
  );
});
