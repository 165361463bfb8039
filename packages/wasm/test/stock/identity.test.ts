import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { register, unregister } from '../../src/index.ts';
import { useKernels } from '../kernels.ts';
import { expectLikeStock } from './like-stock.ts';

beforeEach(useKernels);

const make = {
  float32: () => tf.tensor2d([[1, Number.NaN, -0]]),
  int32: () => tf.tensor2d([[1, -2, 3]], undefined, 'int32'),
  bool: () => tf.tensor2d([[true, false, true]], undefined, 'bool'),
} as const;

describe.each(['float32', 'int32', 'bool'] as const)('%s', (dtype) => {
  test('clones and casts have the values, shape and type that tfjs gives them', () => {
    expectLikeStock(() => tf.clone(make[dtype]()), 0);
    for (const to of ['float32', 'int32', 'bool'] as const)
      expectLikeStock(() => tf.cast(make[dtype](), to), 0);
    expectLikeStock(() => tf.clone(tf.zeros([0, 2], dtype)), 0);
  });
});

test('strings are cloned too', () => {
  const x = tf.tensor1d(['a', 'bc']);
  expect(tf.clone(x).dataSync()).toEqual(['a', 'bc']);
  x.dispose();
});

test.each([
  ['clone', (x: tf.Tensor) => tf.clone(x)],
  ['cast', (x: tf.Tensor) => tf.cast(x, 'float32')],
])(
  'a %s outlives what it was made of, with the kernels or without, and takes no memory of its own',
  (_, copy) => {
    for (const first of [true, false]) {
      const before = tf.memory();
      const x = tf.tensor1d([1, 2, 3]);
      const [a, b] = first ? [copy(x), x] : [x, copy(x)];
      expect(tf.memory().numDataBuffers - before.numDataBuffers).toBe(1);
      unregister();
      b.dispose();
      expect([...a.dataSync()]).toEqual([1, 2, 3]);
      expect(tf.tidy(() => tf.add(a, 1).arraySync())).toEqual([2, 3, 4]);
      register();
      a.dispose();
      expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    }
  },
);

test('a variable that takes a new value leaves earlier clones as they were', () => {
  const variable = tf.variable(tf.tensor1d([1, 2]));
  const kept = tf.clone(variable);
  variable.assign(tf.tensor1d([5, 6]));
  expect([...kept.dataSync()]).toEqual([1, 2]);
  tf.dispose([variable, kept]);
});

test('gradients through clones are those of tfjs', () => {
  expectLikeStock(
    () => tf.grad((x) => tf.sum(tf.mul(tf.clone(x), tf.cast(x, 'float32'))))(tf.tensor1d([1, -2])),
    0,
  );
});
