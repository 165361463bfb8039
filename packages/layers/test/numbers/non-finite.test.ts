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

onEveryBackend(testNonFiniteCases);

describe('wasm with kernels of its own', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    register();
  });
  testNonFiniteCases();
});
