/** Everything that depends on the backend's own kernels, with those of @tfjs-moe/wasm in place. */
import '@tensorflow/tfjs-backend-cpu';
import '@tfjs-moe/wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients, which tfjs-core leaves out.
import { loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { drawnRows } from '@tfjs-moe/core/testing';
import { constant, ffn, gatedFfn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { register, unregister } from '@tfjs-moe/wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mixtureOfExperts, switchLoss } from '../src/index.ts';
import { testGroupedMatMul, testLayerGradients, testLayerLife } from '../src/testing/index.ts';
import { keptModel } from '../src/testing/layer-assertions.ts';

const runner = { describe, test };
const smooth = ffn({ hiddenUnits: 4, activation: 'tanh' });

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

  describe('every expert under top-2', () => {
    for (const expert of [
      linear(),
      polynomial({ degree: 3 }),
      constant(),
      smooth,
      ffn({ hiddenUnits: [3, 5], activation: 'gelu' }),
      normalizedFfn({ hiddenUnits: 4, activation: 'sigmoid' }),
      gatedFfn({ hiddenUnits: 4 }),
    ])
      testLayerGradients(runner, topK({ k: 2 }), expert);
  });

  describe('every gate', () => {
    for (const gate of [
      softmax(),
      sigmoid(),
      temperature({ threshold: 0.1 }),
      hierarchical({ groups: 2, outer: softmax(), inner: topK({ k: 1 }) }),
      topK({ k: 2, router: 'cosine' }),
      topK({ k: 1, router: 'euclidean' }),
      topK({ k: 2, router: { kind: 'mlp', hiddenUnits: [3] } }),
      topK({ k: 3, weighting: 'sigmoid' }),
    ])
      testLayerGradients(runner, gate, smooth);
  });

  describe('awkward sizes', () => {
    describe('one token', () => testLayerGradients(runner, topK({ k: 2 }), smooth, { tokens: 1 }));
    describe('one expert', () => testLayerGradients(runner, topK({ k: 1 }), smooth, { experts: 1 }));
    describe('k = E', () => testLayerGradients(runner, topK({ k: 4 }), smooth));
    describe('an expert nobody chose', () =>
      testLayerGradients(runner, topK({ k: 2 }), smooth, {
        adjust: (data) => {
          (data['gate/bias'] as Float64Array)[1] = -100;
        },
      }));
    describe('all tokens to one expert', () =>
      testLayerGradients(runner, topK({ k: 1 }), smooth, {
        adjust: (data) => {
          (data['gate/bias'] as Float64Array)[2] = 100;
        },
      }));
    describe('some padding', () =>
      testLayerGradients(runner, topK({ k: 2 }), smooth, { mask: [1, 0, 1, 1, 0, 1, 0] }));
    describe('a fully masked batch', () =>
      testLayerGradients(runner, topK({ k: 2 }), smooth, { mask: [0, 0, 0, 0, 0, 0, 0] }));
    describe('sizes beyond a tile', () =>
      testLayerGradients(runner, topK({ k: 2 }), smooth, {
        tokens: 29,
        experts: 5,
        inputDim: 11,
        units: 9,
        dispatch: ['grouped'],
      }));
  });

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
    expect(fast.losses.at(-1)).toBeLessThan(fast.losses[0] as number);
    fast.losses.forEach((loss, i) => {
      expect(Math.abs(loss - (plain.losses[i] as number))).toBeLessThan(1e-4 * loss);
    });
    const moved = ((await loadLayersModel(kept)).predict(x) as tf.Tensor).dataSync();
    moved.forEach((value, i) => {
      expect(Math.abs(value - (predicted[i] as number))).toBeLessThan(1e-5);
    });
    register();
  },
);
