import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { GROUPED_MAT_MUL, GROUPED_MAT_MUL_KERNEL_GRADIENT } from '@tfjs-moe/core/kernels';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { attach, register, threadsReady, unregister } from '../../src/index.ts';
import { planOfGradient, planOfProduct } from '../../src/threads/plan.ts';
import { teamFor } from '../../src/threads/threads.ts';
import { run, useWasm } from '../backend.ts';
import { expectSame } from '../groups.ts';

beforeEach(useWasm);

afterEach(() => {
  unregister();
  register();
});

const attachment = () => attach(tf.backend())!;

/** The numbers of a result. They must not leave through tidy, which would look for tensors among them. */
function read(compute: () => tf.Tensor): Float32Array {
  const result = tf.tidy(compute);
  const values = result.dataSync() as Float32Array;
  result.dispose();
  return values;
}

/** What some work computes on one thread and on several. */
async function onThreads<T>(threads: readonly number[], compute: () => T): Promise<Awaited<T>[]> {
  const results: Awaited<T>[] = [];
  for (const count of threads) {
    register({ threads: count });
    expect(await threadsReady()).toBe(count);
    results.push(await compute());
  }
  return results;
}

test('large products are shared, small ones and those that only read kernels are not', async () => {
  register({ threads: 2 });
  await threadsReady();
  const shared = (offsets: number[], depth: number, units: number) => [
    planOfProduct(attachment(), { offsets, depth, units }) !== undefined,
    planOfGradient(attachment(), { offsets, depth, units }) !== undefined,
  ];
  expect(shared([0, 1000, 2048], 256, 1024)).toEqual([true, true]);
  expect(shared([0, 40], 30, 20)).toEqual([false, false]);
  expect(shared([0, 1, 2, 3, 4, 5, 6, 7, 8], 256, 1024)).toEqual([false, false]);
  expect(shared([0, 0, 0], 256, 1024)).toEqual([false, false]);
  register({ threads: 1 });
  expect(shared([0, 1000, 2048], 256, 1024)).toEqual([false, false]);
});

test('grouped products of tensors have the same bits on one, two and three threads', async () => {
  const x = tf.randomNormal([1500, 96], 0, 1, 'float32', 1);
  const kernels = tf.randomNormal([5, 96, 200], 0, 1, 'float32', 2);
  const bias = tf.randomNormal([5, 200], 0, 1, 'float32', 3);
  const offsets = [0, 700, 700, 703, 1100, 1500];
  const results = await onThreads([1, 2, 3], () => {
    const y = run<tf.Tensor>(GROUPED_MAT_MUL, { x, kernels, bias }, { offsets, transpose: false });
    const dx = run<tf.Tensor>(GROUPED_MAT_MUL, { x: y, kernels }, { offsets, transpose: true });
    const dk = run<tf.Tensor>(GROUPED_MAT_MUL_KERNEL_GRADIENT, { x, dy: y }, { offsets });
    expect(planOfProduct(attachment(), { offsets, depth: 96, units: 200 }) === undefined).toBe(
      teamFor(attachment()) === undefined,
    );
    const values = [y, dx, dk].map((each) => each.dataSync() as Float32Array);
    tf.dispose([y, dx, dk]);
    return values;
  });
  const [one, ...more] = results as [Float32Array[], ...Float32Array[][]];
  for (const values of more) {
    for (const [i, each] of values.entries()) expectSame(each, one[i]!);
  }
  tf.dispose([x, kernels, bias]);
});

test.each([
  { a: [600, 120], b: [120, 240], transposeA: false, transposeB: false },
  { a: [600, 120], b: [240, 120], transposeA: false, transposeB: true },
  { a: [600, 120], b: [600, 240], transposeA: true, transposeB: false },
  { a: [12, 100, 80], b: [12, 80, 100], transposeA: false, transposeB: false },
  { a: [12, 100, 80], b: [12, 100, 80], transposeA: false, transposeB: true },
  { a: [12, 100, 80], b: [12, 100, 90], transposeA: true, transposeB: false },
  { a: [12, 100, 80], b: [100, 90], transposeA: true, transposeB: false },
  { a: [100, 80], b: [12, 80, 90], transposeA: false, transposeB: false },
])('products of dense layers and attention have the same bits, %o', async ({ a, b, ...transposed }) => {
  const [left, right] = [tf.randomNormal(a, 0, 1, 'float32', 1), tf.randomNormal(b, 0, 1, 'float32', 2)];
  const [one, two] = await onThreads([1, 2], () =>
    read(() => tf.matMul(left, right, transposed.transposeA, transposed.transposeB)),
  );
  expectSame(two!, one!);
  tf.dispose([left, right]);
});

test.each([true, false])('so has the fused product of a dense layer, bias: %s', async (withBias) => {
  const [a, b] = [
    tf.randomNormal([600, 120], 0, 1, 'float32', 1),
    tf.randomNormal([120, 241], 0, 1, 'float32', 2),
  ];
  const bias = withBias ? tf.randomNormal([241], 0, 1, 'float32', 3) : undefined;
  const results = await onThreads([1, 2], () =>
    (['linear', 'relu'] as const).map((activation) => {
      const y = tf.fused.matMul({
        a: a as tf.Tensor2D,
        b: b as tf.Tensor2D,
        ...(bias && { bias }),
        activation,
      });
      const result = { values: y.dataSync() as Float32Array, shape: y.shape };
      y.dispose();
      return result;
    }),
  );
  const [one, two] = results as [(typeof results)[0], (typeof results)[0]];
  for (const [i, { values, shape }] of two.entries()) {
    expectSame(values, one[i]!.values!);
    expect(shape).toEqual(one[i]?.shape);
  }
  tf.dispose([a, b, ...(bias ? [bias] : [])]);
});

test('a model trains to the same bits', async () => {
  const [one, two] = await onThreads([1, 2], async () => {
    const model = sequential({
      layers: [
        layers.dense({ units: 300, activation: 'tanh', inputShape: [100], kernelInitializer: 'ones' }),
        layers.dense({ units: 50, kernelInitializer: 'ones' }),
      ],
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const x = tf.randomNormal([512, 100], 0, 0.01, 'float32', 1);
    const y = tf.randomNormal([512, 50], 0, 1, 'float32', 2);
    const { history } = await model.fit(x, y, { epochs: 3, batchSize: 512, shuffle: false, verbose: 0 });
    const weights = model.getWeights().map((each) => each.dataSync());
    model.dispose();
    tf.dispose([x, y]);
    return { loss: history.loss, weights };
  });
  expect(two).toEqual(one);
});

test('serves a memory that grows, a new backend, and a new number of threads', async () => {
  const x = tf.randomNormal([512, 128], 0, 1, 'float32', 1);
  const kernel = tf.randomNormal([512, 128], 0, 1, 'float32', 2);
  const product = () => read(() => tf.matMul(x, kernel, false, true));
  const [expected] = (await onThreads([1], product)) as [Float32Array];
  const { memory } = attachment();
  await onThreads([2], () => {
    const kept: tf.Tensor[] = [];
    const before = memory.buffer.byteLength;
    while (memory.buffer.byteLength === before) {
      kept.push(tf.zeros([1 << 22]));
      expectSame(product(), expected);
    }
    expectSame(product(), expected);
    tf.dispose(kept);
  });
  for (const each of await onThreads([3, 2], product)) expectSame(each, expected);

  const [left, right] = [x.arraySync() as number[][], kernel.arraySync() as number[][]];
  const factory = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', factory, 2);
  await useWasm();
  expect(attachment().memory).not.toBe(memory);
  expect(await threadsReady()).toBe(2);
  const again = read(() => tf.matMul(left, right, false, true));
  expectSame(again, expected);
});

test('a number that is none is refused before anything changes', () => {
  for (const threads of [0, 17, 1.5, '2', null]) {
    expect(() => register({ threads: threads as number })).toThrow(/threads must be an integer/);
  }
});

test('auto asks the machine', async () => {
  register({ threads: 'auto' });
  const threads = await threadsReady();
  expect(threads).toBeGreaterThanOrEqual(1);
  expect(threads).toBeLessThanOrEqual(8);
});

test('one thread with one warning where memory cannot be shared', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  unregister();
  vi.stubGlobal('SharedArrayBuffer', undefined);
  for (let i = 0; i < 2; i++) {
    expect(register({ threads: 2 })).toBe(true);
    expect(await threadsReady()).toBe(1);
  }
  vi.unstubAllGlobals();
  expect(warn.mock.calls).toEqual([[expect.stringContaining('cross-origin isolated')]]);
  warn.mockRestore();
});

test('unregister ends the workers', async () => {
  register({ threads: 2 });
  await threadsReady();
  const team = teamFor(attachment());
  expect(team?.threads()).toBe(2);
  unregister();
  expect(teamFor(attachment())).toBeUndefined();
  expect(await threadsReady()).toBe(1);
});
