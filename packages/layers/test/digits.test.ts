import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import type { Gate } from '@tfjs-moe/core';
import { loadMnist } from '@tfjs-moe/datasets/mnist';
import { ffn } from '@tfjs-moe/experts';
import { hierarchical, softmax, topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { mixtureOfExperts, switchLoss } from '../src/index.ts';
import { toDataset } from '../src/to-dataset.ts';

const gates: [string, Gate][] = [
  ['top-2', topK({ k: 2 })],
  ['two-level softmax', hierarchical({ groups: 2, outer: softmax(), inner: softmax() })],
  ['two-level top-1', hierarchical({ groups: 2, outer: topK({ k: 1 }), inner: topK({ k: 1 }) })],
];

test.each(gates)('%s learns handwritten digits by fitDataset', async (_name, gate) => {
  await tf.setBackend('wasm');
  const { train, test: held } = await loadMnist({ subset: { train: 2000, test: 500 }, seed: 1 });
  const model = sequential({
    layers: [
      mixtureOfExperts({
        experts: 4,
        gate,
        expert: ffn({ hiddenUnits: 24 }),
        units: 32,
        balance: [switchLoss()],
        seed: 1,
        inputShape: [784],
      }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.004), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  await model.fitDataset(toDataset(train, { batchSize: 100, classes: 10, seed: 1 }), {
    epochs: 3,
    verbose: 0,
  });
  const [, accuracy] = (await model.evaluateDataset(
    toDataset(held, { classes: 10 }) as never,
    {},
  )) as tf.Scalar[];
  // Chance is 0.1.
  expect((await accuracy?.data())?.[0]).toBeGreaterThan(0.8);
});
