import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { widenExperts } from '@tfjs-moe/checkpoints';
import { ffn, gatedFfn } from 'tfjs-moe';
import { beforeAll, describe, expect, test } from 'vitest';
import { built, x } from './built.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('widenExperts', () => {
  test.each([
    ['gatedFfn', gatedFfn({ hiddenUnits: 5, useBias: true })],
    ['ffn', ffn({ hiddenUnits: 5, activation: 'tanh' })],
  ])('%s: the function stays', async (_, expert) => {
    const { layer, receipt } = await widenExperts(built({ expert }), 9, x());
    expect(receipt.largestChange).toBeLessThan(1e-5);
    expect(layer.weights.some(({ shape }) => shape.includes(9))).toBe(true);
    await expect(widenExperts(layer, 3, x())).rejects.toThrow(/hiddenUnits must be/);
  });
});
