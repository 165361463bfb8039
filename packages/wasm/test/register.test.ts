import * as tf from '@tensorflow/tfjs-core';
import {
  COMBINE_ROWS,
  COMBINE_ROWS_GRADIENT,
  GATHER_ROWS,
  GROUPED_MAT_MUL,
  GROUPED_MAT_MUL_KERNEL_GRADIENT,
  SORT_BY_EXPERT,
  SUM_GROUPS,
  SUM_ROWS,
} from '@tfjs-moe/core/kernels';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { attach, attachAsync, register, unregister } from '../src/index.ts';
import { stockKernels } from '../src/stock/index.ts';
import { memoryBytes, run, useWasm } from './backend.ts';
import { useKernels } from './kernels.ts';

const own = [
  COMBINE_ROWS,
  COMBINE_ROWS_GRADIENT,
  GATHER_ROWS,
  GROUPED_MAT_MUL,
  GROUPED_MAT_MUL_KERNEL_GRADIENT,
  SORT_BY_EXPERT,
  SUM_GROUPS,
  SUM_ROWS,
];
const stock = stockKernels.map(({ name }) => name);
const registry = () =>
  Object.fromEntries([...own, ...stock].map((name) => [name, tf.getKernel(name, 'wasm')]));

beforeEach(useKernels);

afterEach(() => {
  register();
});

test('importing the package registers everything', () => {
  for (const [name, kernel] of Object.entries(registry())) expect(kernel, name).toBeDefined();
});

test('unregister brings the very kernels of tfjs back, twice or from any state', () => {
  unregister();
  const before = registry();
  for (const name of own) expect(before[name], name).toBeUndefined();
  unregister();
  register();
  register({ patchStock: false });
  register();
  unregister();
  expect(registry()).toEqual(before);
  for (const name of stock) expect(tf.getKernel(name, 'wasm')).toBe(before[name]);
});

test('patchStock: false leaves the kernels of tfjs alone', () => {
  unregister();
  const before = registry();
  expect(register({ patchStock: false })).toBe(true);
  for (const name of stock) expect(tf.getKernel(name, 'wasm'), name).toBe(before[name]);
  for (const name of own) expect(tf.getKernel(name, 'wasm'), name).toBeDefined();
});

test('a kernel that somebody else put in its place stays', () => {
  const theirs: tf.KernelConfig = {
    kernelName: SUM_GROUPS,
    backendName: 'wasm',
    kernelFunc: () => tf.scalar(0),
  };
  tf.unregisterKernel(SUM_GROUPS, 'wasm');
  tf.registerKernel(theirs);
  unregister();
  expect(tf.getKernel(SUM_GROUPS, 'wasm')).toBe(theirs);
  tf.unregisterKernel(SUM_GROUPS, 'wasm');
});

const product = () =>
  tf.tidy(() =>
    Array.from(
      run<tf.Tensor>(
        GROUPED_MAT_MUL,
        { x: tf.ones([9, 5]), kernels: tf.ones([2, 5, 3]) },
        { offsets: [0, 4, 9], transpose: false },
      ).dataSync(),
    ),
  );

test('serves a memory that grows', () => {
  const { memory } = attach(tf.backend())!;
  const before = memoryBytes();
  const kept: tf.Tensor[] = [];
  while (memoryBytes() === before) {
    kept.push(tf.zeros([1 << 22]));
    expect(product()).toEqual(new Array(27).fill(5));
  }
  expect(product()).toEqual(new Array(27).fill(5));
  expect(attach(tf.backend())?.memory).toBe(memory);
  // More experts than its room for offsets, so that this is taken anew as well.
  const offsets = Array.from({ length: 1001 }, (_, e) => e);
  const sums = run<tf.Tensor>(SUM_GROUPS, { x: tf.ones([1000, 4]) }, { offsets });
  expect(Array.from(sums.dataSync())).toEqual(new Array(4000).fill(1));
  tf.dispose([...kept, sums]);
});

test('follows tensors from another backend, and a new backend after the old one is removed', async () => {
  const x = tf.tidy(() => tf.add(tf.ones([3, 4]), 1));
  await tf.setBackend('cpu');
  const y = tf.tidy(() => tf.mul(x, 2));
  await tf.setBackend('wasm');
  const sums = run<tf.Tensor>(SUM_GROUPS, { x: y }, { offsets: [0, 3] });
  expect(Array.from(sums.dataSync())).toEqual([12, 12, 12, 12]);
  tf.dispose([x, y, sums]);

  const before = attach(tf.backend());
  const factory = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', factory, 2);
  await useWasm();
  expect(product()).toEqual(new Array(27).fill(5));
  expect(attach(tf.backend())).not.toBe(before);
});

test('attachAsync gives the same attachment', async () => {
  expect(await attachAsync(tf.backend())).toBe(attach(tf.backend()));
});

test('a backend that shows no memory keeps its kernels, with one warning', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  expect(attach({ wasm: {} })).toBeUndefined();
  expect(attach({})).toBeUndefined();
  expect(await attachAsync(null)).toBeUndefined();
  expect(warn.mock.calls).toEqual([[expect.stringContaining('does not show its memory')]]);
  warn.mockRestore();
});

test('an engine without SIMD keeps the kernels of tfjs, with one warning', async () => {
  unregister();
  const before = registry();
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  vi.resetModules();
  const fresh = await import('../src/register.ts');
  expect(fresh.register()).toBe(false);
  expect(fresh.register()).toBe(false);
  expect(registry()).toEqual(before);
  expect(warn.mock.calls.flat().filter((text) => String(text).includes('SIMD'))).toHaveLength(1);
  validate.mockRestore();
  warn.mockRestore();
});

test('a long run takes no memory', () => {
  const step = () =>
    tf.tidy(() => {
      const [x, kernels] = [tf.ones([33, 17]), tf.ones([3, 17, 9])];
      const offsets = [0, 10, 10, 33];
      const y = run<tf.Tensor>(GROUPED_MAT_MUL, { x, kernels }, { offsets, transpose: false });
      run(GROUPED_MAT_MUL_KERNEL_GRADIENT, { x, dy: y }, { offsets });
      tf.matMul(y as tf.Tensor2D, y as tf.Tensor2D, true, false);
      tf.sum(y, 0);
    });
  for (let i = 0; i < 20; i++) step();
  const before = { ...tf.memory(), bytes: memoryBytes() };
  for (let i = 0; i < 5000; i++) step();
  expect({ ...tf.memory(), bytes: memoryBytes() }).toEqual(before);
});
