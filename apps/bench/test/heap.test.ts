import * as tf from '@tensorflow/tfjs-core';
import '@tfjs-moe/wasm';
import { beforeAll, expect, test } from 'vitest';
import { peakBytes } from '../src/heap.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
  tf.add(tf.ones([4]), 1).dispose();
});

test('counts what is held at the same time, and puts the functions of the backend back', () => {
  const heap = (tf.backend() as unknown as { wasm: { _malloc: unknown; _free: unknown } }).wasm;
  const { _malloc, _free } = heap;
  const x = tf.ones([1000]);
  const two = peakBytes(() => {
    for (let i = 0; i < 3; i++) tf.tidy(() => tf.relu(tf.relu(x)).dataSync());
  });
  expect(two).toBe(2 * 4000);
  expect(peakBytes(() => tf.clone(x).dispose())).toBe(0);
  expect(() =>
    peakBytes(() => {
      throw new Error('failed');
    }),
  ).toThrow('failed');
  expect([heap._malloc, heap._free]).toEqual([_malloc, _free]);
  x.dispose();
});
