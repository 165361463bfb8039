import * as tf from '@tensorflow/tfjs-core';
import type { Gate } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { hierarchical, noisyTopK, softmax, temperature, topK } from '@tfjs-moe/gates';
import { beforeAll, expect, test } from 'vitest';
import { mixtureOfExperts } from '../src/index.ts';
import './backends.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const noisy: [string, Gate][] = [
  ['noisyTopK', noisyTopK({ k: 1 })],
  ['a temperature with Gumbel noise', temperature({ noise: 'gumbel' })],
  ['a noisy gate inside groups', hierarchical({ groups: 2, outer: softmax(), inner: noisyTopK({ k: 1 }) })],
];
const layerOf = (gate: Gate, seed = 1) =>
  mixtureOfExperts({ experts: 4, gate, expert: linear(), units: 2, seed });
const outputs = (layer: ReturnType<typeof layerOf>, calls: number, training = true): string[] =>
  Array.from({ length: calls }, () =>
    tf.tidy(() =>
      String((layer.apply(tf.tensor2d(drawnRows(8, 3, 5)), { training }) as tf.Tensor).dataSync()),
    ),
  );

test.each(noisy)('%s draws anew at every training call, the same for the same seed', (_name, gate) => {
  const drawn = outputs(layerOf(gate), 5);
  expect(new Set(drawn).size).toBe(5);
  expect(outputs(layerOf(gate), 5)).toEqual(drawn);
  expect(outputs(layerOf(gate, 2), 1)).not.toEqual(drawn.slice(0, 1));
});

test.each(noisy)(
  '%s draws nothing in evaluation, which leaves the draws of training as they are',
  (_name, gate) => {
    const drawn = outputs(layerOf(gate), 3);
    const layer = layerOf(gate);
    const first = outputs(layer, 1);
    expect(new Set(outputs(layer, 3, false)).size).toBe(1);
    expect([...first, ...outputs(layer, 2)]).toEqual(drawn);
  },
);

test('a gate without noise is the same at every training call', () => {
  expect(new Set(outputs(layerOf(topK({ k: 2 })), 3)).size).toBe(1);
});
