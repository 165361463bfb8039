import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { register, unregister } from '../../src/index.ts';
import { useWasm } from '../backend.ts';

beforeEach(useWasm);
afterEach(() => {
  register();
});

type Args = Parameters<typeof layers.layerNormalization>[0];

/** The output of a layer and the gradients to all that it reads, with the kernels or without. */
function both(shape: readonly number[], args: Args, change: (x: Float32Array) => void = () => {}) {
  const of = (isOn: boolean) => {
    if (isOn) register();
    else unregister();
    const layer = layers.layerNormalization(args);
    layer.build([...shape]);
    layer.setWeights(
      layer.weights.map((w, i) => tf.randomNormal(w.shape as number[], 0, 1, 'float32', i + 1)),
    );
    const numbers = tf.randomNormal([...shape], 0.5, 2, 'float32', 5).dataSync() as Float32Array;
    change(numbers);
    const x = tf.variable(tf.tensor(numbers, [...shape]));
    const towards = tf.randomNormal([...shape], 0, 1, 'float32', 6);
    const { value, grads } = tf.variableGrads(
      () => tf.sum(tf.mul(towards, layer.apply(x) as tf.Tensor)) as tf.Scalar,
      [x, ...layer.weights.map((w) => w.read() as tf.Variable)],
    );
    const lists = [layer.apply(x) as tf.Tensor, value, ...Object.values(grads)].map((y) =>
      Array.from(y.dataSync()),
    );
    tf.dispose(layer.weights.map((w) => w.read()));
    return lists;
  };
  return [tf.tidy(() => of(true)), tf.tidy(() => of(false))] as const;
}

function expectAlike([found, expected]: readonly [number[][], number[][]]): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((list, i) => {
    const most = list.reduce((all, x) => Math.max(all, Math.abs(x) || 0), 1e-2);
    list.forEach((x, j) => {
      if (Number.isNaN(x)) expect(found[i]![j]).toBeNaN();
      else expect(Math.abs(found[i]![j]! - x) / most).toBeLessThan(2e-5);
    });
  });
}

test('layer normalisation and its gradients are those of tfjs, whatever the shape', () => {
  const size = fc.integer({ min: 1, max: 4 });
  const shapes = fc.array(size, { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(shapes, fc.integer({ min: 2, max: 37 }), (outer, features) => {
      expectAlike(both([...outer, features], { epsilon: 0.01 }));
    }),
    { numRuns: 8 },
  );
});

test('other axes are left to tfjs, and a NaN stays in its row', () => {
  expectAlike(both([2, 3, 5], { axis: 1 }));
  expectAlike(both([2, 3, 5], { axis: [1, 2] }));
  // More rows than are summed together.
  expectAlike(both([37, 6], {}));
  const [[found]] = both([3, 4], {}, (x) => {
    x[5] = Number.NaN;
  });
  expect(found!.map(Number.isNaN)).toEqual(Array.from({ length: 12 }, (_, i) => i >= 4 && i < 8));
});

test('rows of another length are refused', () => {
  const layer = layers.layerNormalization();
  tf.dispose(layer.apply(tf.ones([3, 4])) as tf.Tensor);
  for (const features of [2, 8]) expect(() => layer.apply(tf.ones([3, features]))).toThrow();
});

test('layers without a scale or a shift train, which in tfjs those without a scale do not', () => {
  const x = tf.randomNormal([5, 6], 0, 1, 'float32', 1);
  const learned = layers.layerNormalization();
  const towards = tf.randomNormal([5, 6], 0, 1, 'float32', 2);
  const gradient = (layer: ReturnType<typeof layers.layerNormalization>) =>
    tf
      .grad((a: tf.Tensor) => tf.sum(tf.mul(towards, layer.apply(a) as tf.Tensor)))(x)
      .dataSync();
  const expected = gradient(learned);
  for (const args of [{ scale: false }, { center: false }, { scale: false, center: false }])
    expect(gradient(layers.layerNormalization(args))).toEqual(expected);
});

test('a layer takes few kernels, holds nothing, and is given back to tfjs', async () => {
  const layer = layers.layerNormalization();
  const x = tf.randomNormal([6, 4, 8], 0, 1, 'float32', 1);
  const gradient = () => tf.grad((a: tf.Tensor) => tf.sum(layer.apply(a) as tf.Tensor))(x);
  tf.dispose(gradient());
  const { numTensors } = tf.memory();
  const kernels = async () => {
    const { kernels: run } = await tf.profile(() => {
      tf.dispose(gradient());
    });
    return run.length;
  };
  expect(await kernels()).toBeLessThan(20);
  expect(tf.memory().numTensors).toBe(numTensors);
  unregister();
  expect(await kernels()).toBeGreaterThan(40);
  tf.dispose([x, ...layer.weights.map((w) => w.read())]);
});
