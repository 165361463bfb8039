import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
// @ts-expect-error Vite resolves the address of an asset.
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
// @ts-expect-error The same.
import threadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients, which tfjs-core leaves out.
import '@tensorflow/tfjs-layers';
import { GROUPED_MAT_MUL, GROUPED_MAT_MUL_KERNEL_GRADIENT } from '@tfjs-moe/core/kernels';
import { expect, test, vi } from 'vitest';
import { type Attachment, attach, register, threadsReady, unregister } from '../../src/index.ts';
import { teamFor } from '../../src/threads/threads.ts';
import { expectSame, numbers } from '../groups.ts';

setWasmPaths({
  'tfjs-backend-wasm.wasm': simdUrl,
  'tfjs-backend-wasm-simd.wasm': simdUrl,
  'tfjs-backend-wasm-threaded-simd.wasm': threadedUrl,
});

/** Starts one of the builds of tfjs. */
async function useBuild(threaded: boolean): Promise<Attachment> {
  const factory = tf.findBackendFactory('wasm');
  if (tf.engine().registry.wasm !== undefined) {
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', factory, 2);
  }
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', threaded);
  await tf.setBackend('wasm');
  await tf.ready();
  return attach(tf.backend())!;
}

const [rows, depth, units] = [1200, 96, 200];
const offsets = [0, 700, 700, 703, rows];

const values = { x: numbers(rows * depth, 1, 'x'), kernels: numbers(4 * depth * units, 1, 'kernels') };

/** All three products, and the plain one of dense layers. */
function products(): Float32Array[] {
  const results = tf.tidy(() => {
    const x = tf.tensor2d(values.x, [rows, depth]);
    const kernels = tf.tensor3d(values.kernels, [4, depth, units]);
    const run = (name: string, inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap) =>
      tf.engine().runKernel(name, inputs, { offsets, ...attributes }) as tf.Tensor;
    const y = run(GROUPED_MAT_MUL, { x, kernels }, { transpose: false });
    const dx = run(GROUPED_MAT_MUL, { x: y, kernels }, { transpose: true });
    const gradient = run(GROUPED_MAT_MUL_KERNEL_GRADIENT, { x, dy: y }, {});
    const plain = tf.matMul(x, tf.reshape(tf.slice(kernels, [0, 0, 0], [1, depth, units]), [depth, units]));
    return [y, dx, gradient, plain];
  });
  const read = results.map((each) => each.dataSync() as Float32Array);
  tf.dispose(results);
  return read;
}

test('the page may share memory', () => {
  expect(globalThis.crossOriginIsolated).toBe(true);
});

test.each([
  { build: 'the threaded build, in its own memory', threaded: true },
  { build: 'the SIMD build, in a memory next to it', threaded: false },
])('workers serve $build, to the same bits', async ({ threaded }) => {
  unregister();
  register();
  const attachment = await useBuild(threaded);
  expect(attachment.memory.buffer instanceof SharedArrayBuffer).toBe(threaded);
  expect(await threadsReady()).toBe(1);
  const alone = products();
  for (const threads of [2, 3]) {
    register({ threads });
    expect(await threadsReady()).toBe(threads);
    expect(teamFor(attachment)?.lender.copies).toBe(!threaded);
    for (let turn = 0; turn < 3; turn++) {
      products().forEach((each, i) => {
        expectSame(each, alone[i]!);
      });
    }
  }
  expect(teamFor(attachment)?.broken()).toBe(false);
});

test('a model trains with workers on the threaded build', async () => {
  await useBuild(true);
  const train = async (threads: number) => {
    register({ threads });
    expect(await threadsReady()).toBe(threads);
    const kernel = tf.variable(tf.tensor2d(numbers(depth * units, 2, 'kernel'), [depth, units]));
    const x = tf.tensor2d(numbers(512 * depth, 2, 'x'), [512, depth]);
    const optimizer = tf.train.sgd(0.1);
    for (let step = 0; step < 3; step++) {
      optimizer.minimize(
        () => tf.mean(tf.square(tf.matMul(x, kernel as unknown as tf.Tensor2D))) as tf.Scalar,
      );
    }
    const values = kernel.dataSync() as Float32Array;
    tf.dispose([kernel, x]);
    return values;
  };
  expectSame(await train(2), await train(1));
});

// Last, because a page cannot take a policy back.
test('a page that forbids workers computes on one thread, with one warning', async () => {
  unregister();
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = "worker-src 'none'";
  document.head.append(policy);
  await useBuild(false);
  register({ threads: 2 });
  expect(await threadsReady()).toBe(1);
  expect(products()).toHaveLength(4);
  expect(warn.mock.calls.flat().filter((text) => String(text).includes('on one thread'))).toHaveLength(1);
  warn.mockRestore();
});
