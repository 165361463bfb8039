import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients, which tfjs-core leaves out.
import '@tensorflow/tfjs-layers';
import { register, unregister } from '@tfjs-moe/wasm';
import { afterAll, beforeAll, describe } from 'vitest';

/** Describes the same tests on plain JavaScript, on wasm as it comes, and on wasm with the kernels of this project. */
export function onBackends(tests: () => void): void {
  for (const [name, kernels] of [
    ['cpu', false],
    ['wasm', false],
    ['wasm', true],
  ] as const) {
    describe(`backend ${name}${kernels ? ' with kernels' : ''}`, () => {
      beforeAll(async () => {
        await tf.setBackend(name);
        if (kernels) register();
        else unregister();
      });
      afterAll(() => unregister());
      tests();
    });
  }
}
