/** The layer with the kernels of `@tfjs-moe/webgl`, under the dispatcher that they are for. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { register, unregister } from '@tfjs-moe/webgl';
import { afterAll, afterEach, beforeEach, describe, expect } from 'vitest';
import { testGpuKernels } from './gpu-kernels.ts';

interface Backend {
  readonly gpgpu: { readonly gl: WebGL2RenderingContext };
  readonly binaryCache: object;
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

  testGpuKernels({ register, unregister, programs: () => Object.keys(backend.binaryCache).length });
});

afterAll(async () => {
  await tf.setBackend('cpu');
});
