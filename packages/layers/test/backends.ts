/** The backends on which every test of the layer runs in Node: cpu and wasm, and tfjs-node where its addon loads. */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients, which tfjs-core leaves out.
import '@tensorflow/tfjs-layers';
import { beforeAll, describe } from 'vitest';

const hasTensorflow = await import('@tensorflow/tfjs-node' as string).then(
  () => true,
  () => false,
);

/** Describes the same tests once for each backend; tfjs-node is skipped by name where it is absent. */
export function onEveryBackend(tests: (backend: string) => void): void {
  for (const backend of ['cpu', 'wasm', 'tensorflow']) {
    describe.skipIf(backend === 'tensorflow' && !hasTensorflow)(`backend ${backend}`, () => {
      beforeAll(async () => {
        await tf.setBackend(backend);
        await tf.ready();
      });
      tests(backend);
    });
  }
}
