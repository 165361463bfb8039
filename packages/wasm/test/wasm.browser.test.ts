import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
// @ts-expect-error Vite resolves the address of an asset.
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { GROUPED_MAT_MUL } from '@tfjs-moe/core/kernels';
import { beforeAll, expect, test, vi } from 'vitest';
import { attach, attachAsync, register, threadsReady, unregister } from '../src/index.ts';

// The backend wants to know all three of its builds, though only one of them is loaded.
setWasmPaths({
  'tfjs-backend-wasm.wasm': wasmUrl,
  'tfjs-backend-wasm-simd.wasm': wasmUrl,
  'tfjs-backend-wasm-threaded-simd.wasm': wasmUrl,
});

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

test('attaches on the main thread, at once and ahead', async () => {
  expect(tf.getBackend()).toBe('wasm');
  expect(attach(tf.backend())).toBeDefined();
  expect(await attachAsync(tf.backend())).toBe(attach(tf.backend()));
});

test('the grouped product runs in the memory of the backend', () => {
  const y = tf
    .engine()
    .runKernel(
      GROUPED_MAT_MUL,
      { x: tf.ones([5, 3]), kernels: tf.ones([2, 3, 9]) },
      { offsets: [0, 1, 5], transpose: false },
    ) as tf.Tensor;
  expect(Array.from(y.dataSync())).toEqual(new Array(45).fill(3));
});

test('a model trains to the same loss with and without the package', async () => {
  const train = async () => {
    const seeded = (seed: number) => initializers.glorotUniform({ seed });
    const model = sequential({
      layers: [
        layers.dense({ units: 17, activation: 'tanh', inputShape: [11], kernelInitializer: seeded(1) }),
        layers.dense({ units: 3, kernelInitializer: seeded(2) }),
      ],
    });
    model.compile({ optimizer: tf.train.adam(0.02), loss: 'meanSquaredError' });
    const [x, y] = [
      tf.randomNormal([40, 11], 0, 1, 'float32', 3),
      tf.randomNormal([40, 3], 0, 1, 'float32', 4),
    ];
    const { history } = await model.fit(x, y, { epochs: 4, shuffle: false, verbose: 0 });
    return history.loss as number[];
  };
  unregister();
  const without = await train();
  expect(register()).toBe(true);
  const withPackage = await train();
  expect(withPackage.at(-1)).toBeLessThan(withPackage[0]!);
  withPackage.forEach((loss, i) => {
    expect(Math.abs(loss - without[i]!)).toBeLessThan(1e-4 * loss);
  });
});

test('a page that is not isolated computes on one thread, with one warning', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  for (let i = 0; i < 2; i++) {
    expect(register({ threads: 2 })).toBe(true);
    expect(await threadsReady()).toBe(1);
  }
  expect(warn.mock.calls).toEqual([[expect.stringContaining('cross-origin isolated')]]);
  warn.mockRestore();
});
