/** Masks are numbers on GPUs too, whatever is made of them. */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { topK } from '@tfjs-moe/gates';
import { afterAll, describe, expect, test } from 'vitest';
import { floats } from '../../src/tensor/floats.ts';
import { showing } from '../conformance/layer-of.ts';

for (const backend of ['webgl', 'webgpu']) {
  const starts = await tf.setBackend(backend).catch(() => false);
  describe.skipIf(!starts)(backend, () => {
    test.each([4, 400])('%i rows, turned and summed over them', async (rows) => {
      await tf.setBackend(backend);
      const table = Array.from({ length: rows }, (_, t) => [0, 1, 2].map((e) => Number((t + e) % 3 === 0)));
      const sums = [0, 1, 2].map((e) => table.reduce((sum, row) => sum + row[e]!, 0));
      const ones = tf.tensor2d(table, undefined, 'int32');
      for (const mask of [floats(tf.greater(ones, 0)), floats(ones)]) {
        expect(await tf.sum(mask, 0).array()).toEqual(sums);
        expect(await tf.transpose(mask).array()).toEqual(sums.map((_, e) => table.map((row) => row[e]!)));
      }
    });

    test('the load of a single choice is that of its tokens', async () => {
      await tf.setBackend(backend);
      const layer = showing(topK({ k: 1 }), 3);
      tf.dispose(layer.apply(tf.tensor2d([9, 0, 0, 9, 1, 0, 0, 0, 9, 8, 0, 0], [4, 3])) as tf.Tensor);
      expect((await layer.routingSettled())!.load).toEqual([0.75, 0, 0.25]);
    });
  });
}

afterAll(async () => {
  await tf.setBackend('cpu');
});
