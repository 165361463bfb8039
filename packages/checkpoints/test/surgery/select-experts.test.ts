import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { addExperts, keepExperts, removeExperts } from '@tfjs-moe/checkpoints';
import { ffn, hierarchical, layerExperts, lossFree, sharedExperts, softmax, topK } from 'tfjs-moe';
import { beforeAll, describe, expect, test } from 'vitest';
import { weightsOf } from '../families/blocks.ts';
import { built, D, largest, outputOf, x } from './built.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('keepExperts, removeExperts and addExperts', () => {
  test('experts that no token was sent to can go without a change', async () => {
    const layer = built({
      gate: lossFree({ gate: topK({ k: 2, selectionBias: true }) }),
      shared: sharedExperts({ expert: ffn({ hiddenUnits: 3 }) }),
    });
    const [, bias] = layer.weights
      .map((weight) => weight.originalName)
      .map((name, i) => [name, i] as const)
      .filter(([name]) => name.endsWith('selection_bias'))[0]!;
    layer.weights[bias]!.write(tf.tensor2d([0, -99, 0, 0, -99, 0], [6, 1]));
    const { layer: smaller, receipt } = await removeExperts(layer, [1, 4], x());
    expect(receipt.largestChange).toBe(0);
    expect(receipt.largestOutput).toBeGreaterThan(0.1);
    expect(receipt).toMatchObject({ tokens: 30, optimiserState: 'dropped' });
    expect(weightsOf(smaller)['gate/selection_bias']).toEqual([0, 0, 0, 0]);
  });

  test('the order of experts is no part of the function', async () => {
    const layer = built();
    expect((await keepExperts(layer, [3, 1, 5, 0, 2, 4], x())).receipt.largestChange).toBeLessThan(1e-6);
  });

  test('the receipt says what both layers say', async () => {
    const layer = built();
    const { layer: smaller, receipt } = await keepExperts(layer, [0, 1, 2], x());
    expect(receipt.largestChange).toBeCloseTo(largest(outputOf(layer, x()), outputOf(smaller, x())), 6);
    expect(receipt.largestChange).toBeGreaterThan(0.01);
  });

  test('copies without noise share what their original had', async () => {
    const layer = built({ gate: softmax() });
    const { layer: larger } = await addExperts(layer, { copiesOf: [2, 2], noise: 0 }, x());
    const kernels = weightsOf(larger)['expert/kernel_up']!;
    const size = kernels.length / 8;
    expect(kernels.slice(6 * size, 7 * size)).toEqual(kernels.slice(2 * size, 3 * size));
    const noisy = await addExperts(layer, { copiesOf: [2] }, x());
    const own = weightsOf(noisy.layer)['expert/kernel_up']!;
    expect(largest(own.slice(6 * size), own.slice(2 * size, 3 * size))).toBeGreaterThan(1e-4);
    expect(own.slice(0, 6 * size)).toEqual(weightsOf(layer)['expert/kernel_up']);
  });

  test('what cannot be is refused', async () => {
    const layer = built();
    await expect(keepExperts(layer, [0, 0], x())).rejects.toThrow(/different numbers/);
    await expect(keepExperts(layer, [6], x())).rejects.toThrow(/experts must be/);
    await expect(keepExperts(layer, [1], x())).rejects.toThrow(/number of experts \(1\)/);
    await expect(addExperts(layer, { copiesOf: [] }, x())).rejects.toThrow(/copiesOf/);
    await expect(keepExperts(built({ gate: hierarchical({ groups: 2 }) }), [0, 1], x())).rejects.toThrow(
      /groups of experts/,
    );
    const own = built({ expert: layerExperts(() => layers.dense({ units: D })) });
    await expect(keepExperts(own, [0, 1], x())).rejects.toThrow(/of one kind, and no layers/);
    await expect(keepExperts({} as never, [0], x())).rejects.toThrow(/must be a MixtureOfExperts/);
  });
});
