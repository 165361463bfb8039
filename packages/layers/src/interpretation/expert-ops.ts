import * as tf from '@tensorflow/tfjs-core';
import type { Ops } from '@tfjs-moe/core';
import { copyToExperts } from '../tensor/expert-axis.ts';
import { groupedMatMul } from '../tensor/grouped-mat-mul.ts';
import { matMul } from '../tensor/mat-mul.ts';
import { sharedMatMul } from '../tensor/shared-mat-mul.ts';
import { elementwise } from './elementwise.ts';

/**
 * Ops on tensors laid out by expert: values [E, N, F], where E is 1 for what all experts share and N is 1 for
 * parameters. Dense dispatch gives every expert the same N = T tokens, capacity dispatch its own N = C.
 */
export const expertOps: Ops<tf.Tensor> = Object.freeze<Ops<tf.Tensor>>({
  ...elementwise,
  dot: (a, b) => tf.sum(tf.mul(a, b), -1, true),
  affine(x, kernel, bias, activation = 'identity') {
    const y = product(x, kernel);
    return elementwise.activation(activation, bias === undefined ? y : tf.add(y, bias));
  },
});

function product(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
  const [experts, rows, features] = x.shape as [number, number, number];
  const [copies, , units] = kernel.shape as [number, number, number];
  if (copies === 1) {
    const flat = tf.reshape(x, [experts * rows, features]);
    return tf.reshape(matMul(flat, tf.reshape(kernel, [features, units])), [experts, rows, units]);
  }
  if (tf.getBackend() !== 'wasm')
    return tf.matMul(copyToExperts(x, copies) as tf.Tensor3D, kernel as tf.Tensor3D);
  // Batched products are scalar loops on the wasm backend; one 2-D product per expert is not.
  if (experts === 1) return sharedMatMul(tf.reshape(x, [rows, features]), kernel);
  const offsets = Array.from({ length: copies + 1 }, (_, expert) => expert * rows);
  const flat = groupedMatMul(tf.reshape(x, [copies * rows, features]), kernel, offsets);
  return tf.reshape(flat, [copies, rows, units]);
}
