import '@tfjs-moe/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { register, unregister } from '@tfjs-moe/wasm';
import { afterAll, beforeAll, describe } from 'vitest';
import { onEveryBackend } from '../backends.ts';
import { testNonFiniteCases } from './non-finite-cases.ts';

beforeAll(unregister);

afterAll(() => {
  register();
});

// Of tfjs's own wasm only what differs from its cpu: what becomes of infinities is arithmetic.
onEveryBackend((backend) => testNonFiniteCases(backend === 'wasm' ? [Number.NaN] : undefined));

describe('wasm with kernels of its own', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    register();
  });
  testNonFiniteCases();
});
