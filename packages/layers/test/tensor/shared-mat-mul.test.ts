import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { sharedMatMul } from '../../src/tensor/shared-mat-mul.ts';
import { onEveryBackend } from '../backends.ts';

onEveryBackend(() => {
  test('is the product with every kernel, with the gradients of a batched product', () => {
    const x = tf.randomNormal([5, 3], 0, 1, 'float32', 1) as tf.Tensor2D;
    const kernels = tf.randomNormal([4, 3, 2], 0, 1, 'float32', 2) as tf.Tensor3D;
    const slope = tf.randomNormal([4, 5, 2], 0, 1, 'float32', 3);
    const batched = (a: tf.Tensor, b: tf.Tensor) =>
      tf.matMul(tf.mul(tf.reshape(a, [1, 5, 3]), tf.ones([4, 1, 1])) as tf.Tensor3D, b as tf.Tensor3D);
    const [dx, dw] = tf.grads((a, b) => tf.sum(tf.mul(sharedMatMul(a, b), slope)))([x, kernels]) as [
      tf.Tensor,
      tf.Tensor,
    ];
    const [wantedX, wantedW] = tf.grads((a, b) => tf.sum(tf.mul(batched(a, b), slope)))([x, kernels]) as [
      tf.Tensor,
      tf.Tensor,
    ];
    near(sharedMatMul(x, kernels), batched(x, kernels));
    near(dx, wantedX);
    near(dw, wantedW);
  });
});

function near(actual: tf.Tensor, expected: tf.Tensor): void {
  expect(actual.shape).toEqual(expected.shape);
  const wanted = expected.dataSync();
  actual.dataSync().forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i]!, 5);
  });
}
