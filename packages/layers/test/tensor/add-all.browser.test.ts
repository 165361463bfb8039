/** Sums of many tensors, which one program of WebGPU cannot read. */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { topK } from '@tfjs-moe/gates';
import { afterAll, describe, expect, test } from 'vitest';
import { addAll } from '../../src/tensor/add-all.ts';
import { showing } from '../conformance/layer-of.ts';

for (const backend of ['webgl', 'webgpu']) {
  const starts = await tf.setBackend(backend).catch(() => false);
  describe.skipIf(!starts)(backend, () => {
    test.each([1, 7, 8, 30])('%i tensors', async (count) => {
      await tf.setBackend(backend);
      // Squares, so that the numbers are those of the backend and not of JavaScript.
      const tensors = Array.from({ length: count }, (_, i) => tf.square(tf.fill([600, 2], i + 1)));
      const wanted = tensors.reduce((sum, _, i) => sum + (i + 1) ** 2, 0);
      const values = await addAll(tensors).data();
      expect(new Set(values)).toEqual(new Set([wanted]));
    });

    test('a token of many experts has their weights', async () => {
      await tf.setBackend(backend);
      const [tokens, experts] = [300, 12];
      const x = tf.sin(tf.reshape(tf.range(0, tokens * experts), [tokens, experts]));
      for (const k of [7, 8, 12]) {
        const gate = topK({ k, weighting: 'sigmoid', renormalize: 'never' });
        const layer = showing(gate, experts);
        const sums = await (tf.sum(layer.apply(x) as tf.Tensor, 1) as tf.Tensor1D).array();
        const rows = (await tf.sigmoid(x).array()) as number[][];
        rows.forEach((row, t) => {
          const wanted = [...row].sort((a, b) => b - a).slice(0, k);
          expect(Math.abs(sums[t]! - wanted.reduce((sum, w) => sum + w, 0))).toBeLessThan(1e-4);
        });
      }
    });
  });
}

afterAll(async () => {
  await tf.setBackend('cpu');
});
