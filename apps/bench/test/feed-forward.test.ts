import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { register } from '@tfjs-moe/wasm';
import { beforeAll, expect, test } from 'vitest';
import { contenders, feedForward, flopsOf } from '../src/feed-forward.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

test.each(['forward', 'forward+backward'] as const)(
  'every contender runs %s and leaves nothing',
  async (mode) => {
    register();
    const { numTensors } = tf.memory();
    const made = feedForward({ T: 8, D: 4, H: 6, E: 3, K: 2 }, mode);
    expect(made.contenders.map(({ name }) => name)).toEqual([...contenders]);
    for (const contender of made.contenders) {
      contender.prepare?.();
      const before = tf.memory().numTensors;
      await contender.run();
      expect([contender.name, tf.memory().numTensors]).toEqual([contender.name, before]);
    }
    made.dispose();
    expect(tf.memory().numTensors).toBe(numTensors);
  },
);

test('a gradient is two products for one', () => {
  const sizes = { T: 10, D: 2, H: 3, E: 4, K: 2 };
  expect(flopsOf(sizes, 'forward')).toBe(2 * 2 * 10 * 2 * 2 * 3);
  expect(flopsOf(sizes, 'forward+backward')).toBe(3 * flopsOf(sizes, 'forward'));
});
