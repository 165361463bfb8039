/** The layer with the kernels of `@tfjs-moe/webgl`, under the dispatcher that they are for. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { RESHAPE } from '@tfjs-moe/core/kernels';
import { register, unregister } from '@tfjs-moe/webgl';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDigits } from './gpu-digits.ts';
import { testGpuKernels } from './gpu-kernels.ts';

interface Backend {
  readonly gpgpu: { readonly gl: WebGL2RenderingContext };
  readonly textureManager: { readonly numUsedTextures: number; readonly numBytesAllocated: number };
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
    held: () => [backend.textureManager.numUsedTextures, backend.textureManager.numBytesAllocated],
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

  test('where the kernels are taken back between a forward pass and its gradient, tfjs undoes the reshape', async () => {
    const [x, w] = [tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), tf.tensor2d([6, 5, 4, 3, 2, 1], [3, 2])];
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => {
      // On the device, 2 x 2 numbers to a texel, which are not the same under the other shape.
      const y = tf.engine().runKernel(RESHAPE, { x: tf.mul(x, 2) }, { shape: [3, 2] }) as tf.Tensor;
      unregister();
      return tf.sum(tf.mul(y, w)) as tf.Scalar;
    })(x);
    expect(tf.getKernel(RESHAPE, 'webgl')).toBeUndefined();
    register();
    expect(grad.shape).toEqual([2, 3]);
    expect(Array.from(await grad.data())).toEqual([12, 10, 8, 6, 4, 2]);
    expect((await value.data())[0]).toBe(2 * (6 + 10 + 12 + 12 + 10 + 6));
    tf.dispose([x, w, value, grad]);
  });
});

afterAll(async () => {
  await tf.setBackend('cpu');
});
