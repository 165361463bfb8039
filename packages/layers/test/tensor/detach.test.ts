import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients of tfjs-core's operations.
import '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { detach } from '../../src/tensor/detach.ts';
import { onEveryBackend } from '../backends.ts';

onEveryBackend(() => {
  test('holds the same numbers, whose gradient is that of a constant', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([1, -2, 3]);
      expect(detach(x).dataSync()).toEqual(x.dataSync());
      const [gradient] = tf.grads((a: tf.Tensor) => tf.sum(tf.mul(a, detach(tf.mul(a, a)))))([x]);
      // d/dx of x times the constant x², and not 3 x².
      expect(Array.from(gradient?.dataSync() ?? [])).toEqual([1, 4, 9]);
    });
  });

  test('cuts the tape', () => {
    const x = tf.tensor1d([1, 2]);
    expect(() => tf.grad((a) => tf.sum(detach(a)))(x)).toThrow(/Cannot compute gradient/);
    x.dispose();
  });

  test('lets comparisons with a variable stand on the tape', () => {
    const w = tf.variable(tf.tensor1d([2, 3]));
    tf.tidy(() => {
      const large = () => tf.cast(tf.greater(detach(tf.mul(w, 1)), 2.5), 'float32');
      const { grads } = tf.variableGrads(() => tf.sum(tf.mul(tf.mul(w, w), large())), [w]);
      expect(Array.from(grads[w.name]?.dataSync() ?? [])).toEqual([0, 6]);
    });
    w.dispose();
  });

  test('shares the memory of its origin, and each survives the other', () => {
    const before = tf.memory();
    const x = tf.tensor1d([1, 2]);
    const first = detach(x);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers + 1);
    first.dispose();
    expect(Array.from(x.dataSync())).toEqual([1, 2]);
    const second = detach(x);
    x.dispose();
    expect(Array.from(second.dataSync())).toEqual([1, 2]);
    second.dispose();
    expect(tf.memory()).toMatchObject({
      numTensors: before.numTensors,
      numDataBuffers: before.numDataBuffers,
      numBytes: before.numBytes,
    });
  });
});
