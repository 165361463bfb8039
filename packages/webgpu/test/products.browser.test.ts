import '../src/index.ts';
import * as tf from '@tensorflow/tfjs-core';
import { GROUPED_MAT_MUL } from '@tfjs-moe/core/kernels';
import { expect, test } from 'vitest';
import { onWebGpu } from './device.ts';
import { testProducts, testProductsOf } from './products.ts';

onWebGpu();

/** Cases of the quick form; `pnpm --filter @tfjs-moe/webgpu products` has 400. */
const { VITE_GROUPS: seeds = 12 } = (import.meta as { env?: { VITE_GROUPS?: number } }).env ?? {};
testProducts(Number(seeds));

/** Runs something on an adapter that binds at most so many bytes at once. */
async function bindingAtMost<T>(bytes: number, run: () => Promise<T>): Promise<T> {
  const { device } = tf.backend() as unknown as { device: { limits: object } };
  const { limits } = device;
  const smaller = new Proxy(limits, {
    get: (all, name) => (name === 'maxStorageBufferBindingSize' ? bytes : Reflect.get(all, name, all)),
  });
  Object.defineProperty(device, 'limits', { value: smaller, configurable: true });
  try {
    return await run();
  } finally {
    delete (device as { limits?: object }).limits;
  }
}

test('a bank beyond what the adapter binds at once is gone through in ranges of experts', async () => {
  // Rows before the first expert and after the last, experts without rows at the borders of ranges.
  const offsets = [1, 3, 3, 6, 9, 9, 11, 12, 15, 17];
  for (const [features, units, bytes] of [
    [32, 24, 7000],
    // An even number of experts alone ends where a range may begin.
    [20, 40, 11_000],
  ] as const) {
    const groups = { offsets, rows: 20, features, units, seed: 4 };
    let ranges = 0;
    const backend = tf.backend() as unknown as { runWebGPUProgram: (...args: unknown[]) => unknown };
    const { runWebGPUProgram: start } = backend;
    backend.runWebGPUProgram = (...args) => {
      ranges++;
      return start.apply(backend, args);
    };
    await testProductsOf(groups);
    const whole = ranges;
    await bindingAtMost(bytes, () => testProductsOf(groups));
    backend.runWebGPUProgram = start;
    // Five for each of four products, and one for the sums.
    expect(ranges).toBe(whole + 4 * 5 + 1);
  }
});

test('what cannot be gone through in ranges is refused by name', async () => {
  const kernel = tf.getKernel(GROUPED_MAT_MUL, 'webgpu');
  const [x, kernels] = [tf.ones([2, 4]), tf.ones([2, 4, 4])];
  await bindingAtMost(100, async () => {
    expect(() =>
      kernel.kernelFunc({
        inputs: { x, kernels },
        attrs: { offsets: [0, 1, 2], transpose: false },
        backend: tf.backend(),
      }),
    ).toThrow('kernels must have at most 100 bytes');
  });
  tf.dispose([x, kernels]);
});
