import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { distilToDense } from '@tfjs-moe/checkpoints';
import { ffn, softmax } from 'tfjs-moe';
import { beforeAll, expect, test } from 'vitest';
import { built, largest, outputOf, x } from './built.ts';

beforeAll(() => tf.setBackend('cpu'));

test('distilToDense comes close to the layer, and says how close', async () => {
  const layer = built({ experts: 2, gate: softmax(), expert: ffn({ hiddenUnits: 2 }), units: 1 });
  const { model, receipt } = await distilToDense(layer, x(), { hiddenUnits: 16, epochs: 200 });
  expect(receipt.largestChange).toBeLessThan(receipt.largestOutput / 4);
  const learnt = [...((await (model.predict(x()) as tf.Tensor).data()) as Float32Array)];
  expect(receipt.largestChange).toBeCloseTo(largest(learnt, outputOf(layer, x())), 5);
});
