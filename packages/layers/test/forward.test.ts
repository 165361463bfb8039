import * as tf from '@tensorflow/tfjs-core';
import type { BalanceLoss } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { defineBalanceLoss, importanceLoss, mixtureOfExperts, switchLoss, zLoss } from '../src/index.ts';
import { onEveryBackend } from './backends.ts';

/** A loss that is a bare constant in every interpretation. */
const three = defineBalanceLoss('constantThree', (weight: number) => ({
  config: {},
  weight,
  value: (ops) => ops.constant(3),
}));

/** The sum of the losses of a layer after one training call. */
function lossOf(balance: readonly BalanceLoss[]): number {
  const layer = mixtureOfExperts({ experts: 3, gate: topK({ k: 2 }), expert: linear(), seed: 1, balance });
  return tf.tidy(() => {
    layer.apply(tf.tensor2d(drawnRows(5, 2, 1)), { training: true });
    const [loss] = layer.losses.map((closure) => closure().dataSync()[0]);
    layer.dispose();
    return loss!;
  });
}

onEveryBackend(() => {
  test('the balance losses of a layer add up, each with its weight', () => {
    const losses = [switchLoss({ weight: 1 }), zLoss({ weight: 1 }), importanceLoss({ weight: 1 })];
    const [a, b, c] = losses.map((loss) => lossOf([loss])) as [number, number, number];
    const weighted = [
      switchLoss({ weight: 0.5 }),
      zLoss({ weight: 2 }),
      importanceLoss({ weight: 0 }),
      importanceLoss({ weight: 3 }),
    ];
    expect(lossOf(weighted)).toBeCloseTo(0.5 * a + 2 * b + 3 * c, 5);
    expect(Math.min(a, b, c)).toBeGreaterThan(0);
  });

  test('a loss may be a constant, alone and beside others', () => {
    expect(lossOf([three(2)])).toBe(6);
    expect(lossOf([switchLoss({ weight: 1 }), three(2)])).toBeCloseTo(
      6 + lossOf([switchLoss({ weight: 1 })]),
      5,
    );
  });
});
