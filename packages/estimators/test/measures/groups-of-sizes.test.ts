/** Gates with groups of unequal sizes on tensors: what the plain arrays say, and the gradient of their weights. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { linear } from '@tfjs-moe/experts';
import { hierarchical, topK } from '@tfjs-moe/gates';
import { mixtureOfExperts } from '@tfjs-moe/layers';
import { measureFromLayer, predict } from '@tfjs-moe/measures';
import { beforeAll, expect, test } from 'vitest';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const inputs = [
  [0.3, -1.2],
  [1.1, 0.4],
  [-0.7, 0.2],
];

test.each([
  ['softmax in sizes', hierarchical({ groups: [2, 3, 1] })],
  ['a tree', hierarchical({ groups: [[1, 2], 3] })],
  ['sizes in equal groups', hierarchical({ groups: 2, inner: hierarchical({ groups: [1, 2] }) })],
  ['a selection', hierarchical({ groups: [2, 4], outer: topK({ k: 1 }), inner: topK({ k: 2 }) })],
])('%s, dense and grouped', async (_name, gate) => {
  for (const dispatch of ['dense', 'grouped'] as const) {
    const layer = mixtureOfExperts({ experts: 6, units: 1, expert: linear(), gate, dispatch, seed: 5 });
    const y = layer.apply(tf.tensor2d(inputs)) as tf.Tensor;
    const expected = predict(await measureFromLayer(layer), inputs);
    Array.from(y.dataSync()).forEach((value, row) => {
      expect(value).toBeCloseTo(expected[row]!, 5);
    });
  }
});
