import * as tf from '@tensorflow/tfjs-core';
import { register, threadsReady, unregister } from '@tfjs-moe/wasm';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { onEveryBackend } from '../backends.ts';
import { integersAreTheirFloats, quantizedWeightsAreTheirFloats } from './dtype-cases.ts';

const dispatchers = ['auto', 'dense', 'grouped', 'capacity'] as const;

function testNumbers(): void {
  integersAreTheirFloats(dispatchers);
  quantizedWeightsAreTheirFloats(dispatchers);
}

onEveryBackend(() => {
  beforeAll(() => unregister());
  testNumbers();
});

describe.each([1, 2])('wasm with kernels of its own, %d threads', (threads) => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    register({ threads });
    expect(await threadsReady()).toBe(threads);
  });
  afterAll(() => unregister());
  testNumbers();
});
