/** Everything that depends on the backend's own kernels, with those of @tfjs-moe/wasm in place. */
import '@tensorflow/tfjs-backend-cpu';
import '@tfjs-moe/wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients, which tfjs-core leaves out.
import { loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { drawnRows } from '@tfjs-moe/core/testing';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { register, unregister } from '@tfjs-moe/wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mixtureOfExperts, switchLoss } from '../src/index.ts';
import { testGroupedMatMul, testLayerLife } from '../src/testing/index.ts';
import { keptModel } from '../src/testing/layer-assertions.ts';
import { testGradientCases } from './gradient-cases.ts';

const runner = { describe, test };

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

afterAll(() => {
  register();
});

describe.each([true, false])('patchStock: %s', (patchStock) => {
  beforeAll(() => {
    expect(register({ patchStock })).toBe(true);
  });

  testGroupedMatMul(runner);

  testGradientCases();

  testLayerLife(
    runner,
    { gate: topK({ k: 2 }), expert: ffn({ hiddenUnits: 6 }), balance: [switchLoss()] },
    'grouped',
  );
  testLayerLife(
    runner,
    { gate: topK({ k: 2 }), expert: ffn({ hiddenUnits: 6 }), capacity: { factor: 1.25 } },
    'capacity',
  );
});

test.each(['grouped', 'capacity', 'dense'] as const)(
  'a model of %s layers trains to the same loss with and without the kernels, and moves between them',
  async (dispatch) => {
    const make = () => {
      const layer = mixtureOfExperts({
        experts: 4,
        gate: topK({ k: 2 }),
        expert: ffn({ hiddenUnits: 9 }),
        units: 3,
        balance: [switchLoss()],
        seed: 1,
        inputShape: [6],
        dispatch,
        ...(dispatch === 'capacity' ? { capacity: { factor: 1.25 } } : {}),
      });
      const model = sequential({ layers: [layer] });
      model.compile({ optimizer: tf.train.adam(0.02), loss: 'meanSquaredError' });
      return model;
    };
    const [x, y] = [tf.tensor2d(drawnRows(48, 6, 1)), tf.tensor2d(drawnRows(48, 3, 2))];
    const train = async () => {
      const model = make();
      const { history } = await model.fit(x, y, { epochs: 5, batchSize: 16, shuffle: false, verbose: 0 });
      return { model, losses: history.loss as number[] };
    };
    register();
    const fast = await train();
    const kept = await keptModel(fast.model);
    const predicted = (fast.model.predict(x) as tf.Tensor).dataSync();
    unregister();
    const plain = await train();
    expect(fast.losses.at(-1)).toBeLessThan(fast.losses[0]!);
    fast.losses.forEach((loss, i) => {
      expect(Math.abs(loss - plain.losses[i]!)).toBeLessThan(1e-4 * loss);
    });
    const moved = ((await loadLayersModel(kept)).predict(x) as tf.Tensor).dataSync();
    moved.forEach((value, i) => {
      expect(Math.abs(value - predicted[i]!)).toBeLessThan(1e-5);
    });
    register();
  },
);
