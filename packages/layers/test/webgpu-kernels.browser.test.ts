/** The layer with the kernels of `@tfjs-moe/webgpu`, under the dispatcher that they are for. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { register, unregister } from '@tfjs-moe/webgpu';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mixtureOfExperts } from '../src/index.ts';
import { testDigits } from './gpu-digits.ts';
import { testGpuKernels } from './gpu-kernels.ts';
import { testComposingGates } from './gpu-route.ts';
import { testLostDevice } from './lost-device.ts';

interface Backend {
  readonly device: {
    pushErrorScope(filter: string): void;
    popErrorScope(): Promise<{ readonly message: string } | null>;
  };
  readonly bufferManager: { readonly numUsedBuffers: number; readonly numBytesUsed: number };
  readonly commandEncoder: object | null;
  endComputePassEncoder(): void;
  submitQueue(): void;
  pipelineCache: object;
  runWebGPUProgram: (...args: unknown[]) => unknown;
}

const filters = ['validation', 'out-of-memory', 'internal'];
const starts = await tf.setBackend('webgpu').catch(() => false);

describe.skipIf(!starts)('webgpu with kernels', () => {
  let backend: Backend;
  // A shader that does not compile throws nothing, and the numbers of a recycled buffer may be right.
  beforeEach(async () => {
    await tf.setBackend('webgpu');
    await tf.ready();
    tf.env().set('WEBGPU_CPU_FORWARD', false);
    backend = tf.backend() as unknown as Backend;
    for (const filter of filters) backend.device.pushErrorScope(filter);
    open = filters.length;
  });
  let open = 0;
  const expectSound = async () => {
    for (; open > 0; open--) expect((await backend.device.popErrorScope())?.message).toBeUndefined();
  };
  afterEach(expectSound);

  testGpuKernels({
    register,
    unregister,
    held() {
      // What a step is done with is given back once its commands are on their way.
      if (backend.commandEncoder) {
        backend.endComputePassEncoder();
        backend.submitQueue();
      }
      return [backend.bufferManager.numUsedBuffers, backend.bufferManager.numBytesUsed];
    },
    programs: {
      forward: 12,
      ratio: 1.5,
      compiled: () => Object.keys(backend.pipelineCache).length,
      async during(run) {
        const { runWebGPUProgram: start, pipelineCache: cache } = backend;
        const keys = new Set<unknown>();
        backend.pipelineCache = new Proxy(cache, {
          get: (all, key) => Reflect.get(all, keys.add(key) && key),
        });
        let starts = 0;
        backend.runWebGPUProgram = (...args) => {
          starts++;
          return start.apply(backend, args);
        };
        await run();
        Object.assign(backend, { runWebGPUProgram: start, pipelineCache: cache });
        return { different: keys.size, starts };
      },
    },
  });

  testComposingGates();

  test('without the kernels, grouped is refused', () => {
    unregister();
    const layer = mixtureOfExperts({
      experts: 4,
      gate: topK({ k: 2 }),
      expert: ffn({ hiddenUnits: 6 }),
      dispatch: 'grouped',
    });
    expect(() => layer.apply(tf.ones([3, 5]))).toThrow('needs the kernels of @tfjs-moe/webgpu');
    register();
  });

  testDigits();

  testLostDevice(expectSound);
});

afterAll(async () => {
  await tf.setBackend('cpu');
});
