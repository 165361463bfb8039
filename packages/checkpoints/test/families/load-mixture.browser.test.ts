import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadMixture } from '@tfjs-moe/checkpoints';
import { floatsOf, openSafetensors, urlSource } from '@tfjs-moe/checkpoints/safetensors';
import { expect, test } from 'vitest';

test('a block is loaded by Range requests, and no more than it', async () => {
  await tf.setBackend('cpu');
  const url = new URL('../fixtures/blocks/mixtral.safetensors', import.meta.url);
  const asked: string[] = [];
  const watched: typeof fetch = (input, init) => {
    asked.push(new Headers(init?.headers).get('Range') ?? 'all');
    return fetch(input, init);
  };
  const file = await openSafetensors(await urlSource(url, { fetch: watched }));
  const layer = await loadMixture(file, { family: 'mixtral', layer: 3 });
  const [input, output] = [await file.read('input'), floatsOf(await file.read('output'))];
  const y = await (layer.apply(tf.tensor2d(floatsOf(input), [12, 8])) as tf.Tensor).data();
  expect(Math.max(...output.map((value, i) => Math.abs(value - y[i]!)))).toBeLessThan(1e-5);
  expect(asked).not.toContain('all');
  // Length of the header, header, router, three kernels of eight experts, input and output.
  expect(asked.length).toBe(2 + 1 + 24 + 2);
});
