import '../src/index.ts';
import * as tf from '@tensorflow/tfjs-core';
import { GROUPED_MAT_MUL } from '@tfjs-moe/core/kernels';
import { expect, test } from 'vitest';
import { onWebGpu } from './device.ts';
import { testProducts } from './products.ts';

onWebGpu();

/** Cases of the quick form; `pnpm --filter @tfjs-moe/webgpu products` has 400. */
const { VITE_GROUPS: seeds = 12 } = (import.meta as { env?: { VITE_GROUPS?: number } }).env ?? {};
testProducts(Number(seeds));

test('a bank beyond what the adapter reads at once is refused by name', () => {
  const limits = { maxStorageBufferBindingSize: 100, maxComputeWorkgroupsPerDimension: 65535 };
  const kernel = tf.getKernel(GROUPED_MAT_MUL, 'webgpu');
  const [x, kernels] = [tf.ones([2, 4]), tf.ones([2, 4, 4])];
  expect(() =>
    kernel.kernelFunc({
      inputs: { x, kernels },
      attrs: { offsets: [0, 1, 2], transpose: false },
      backend: Object.assign(Object.create(tf.backend()), { device: { limits } }),
    }),
  ).toThrow('kernels must have at most 100 bytes');
  tf.dispose([x, kernels]);
});
