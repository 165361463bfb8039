/** The layer with the kernels of `@tfjs-moe/webgl`, under the dispatcher that they are for. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { register, unregister } from '@tfjs-moe/webgl';
import { afterAll, afterEach, beforeEach, describe, expect } from 'vitest';
import { testDigits } from './gpu-digits.ts';
import { testGpuKernels } from './gpu-kernels.ts';

interface Backend {
  readonly gpgpu: { readonly gl: WebGL2RenderingContext };
  binaryCache: object;
  runWebGLProgram: (...args: unknown[]) => unknown;
}

const starts = await tf.setBackend('webgl').catch(() => false);

describe.skipIf(!starts)('webgl with kernels', () => {
  let backend: Backend;
  beforeEach(async () => {
    await tf.setBackend('webgl');
    await tf.ready();
    tf.env().set('WEBGL_CPU_FORWARD', false);
    backend = tf.backend() as unknown as Backend;
  });
  afterEach(() => {
    const { gl } = backend.gpgpu;
    expect(gl.getError()).toBe(gl.NO_ERROR);
  });

  testGpuKernels({
    register,
    unregister,
    programs: {
      forward: 12,
      ratio: 1.5,
      compiled: () => Object.keys(backend.binaryCache).length,
      async during(run) {
        const { runWebGLProgram: start, binaryCache: cache } = backend;
        const keys = new Set<unknown>();
        backend.binaryCache = new Proxy(cache, {
          get: (all, key) => Reflect.get(all, keys.add(key) && key),
        });
        let starts = 0;
        backend.runWebGLProgram = (...args) => {
          starts++;
          return start.apply(backend, args);
        };
        await run();
        Object.assign(backend, { runWebGLProgram: start, binaryCache: cache });
        return { different: keys.size, starts };
      },
    },
  });

  testDigits();
});

afterAll(async () => {
  await tf.setBackend('cpu');
});
