/**
 * Copying over the experts and summing over them, each the gradient of the other.
 *
 * A sum over the leading axis is slow on the wasm backend and the gradient of `tf.tile` slices; a product with a row of
 * ones does the same sum at full speed.
 */
import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';

/** [1, N, F] -> [E, N, F]. */
export function copyToExperts(x_1NF: tf.Tensor, experts: number): tf.Tensor {
  if (x_1NF.shape[0] !== 1 || experts === 1) return x_1NF;
  return withGradient([x_1NF], {
    forward: ([x]) => tf.tile(x!, [experts, 1, 1]),
    backward: (dy) => [sum(dy)],
  });
}

/**
 * What experts return on each of N rows, [E, N, F]: an output that ignores its input comes without an axis of rows, one that
 * is the same of all without that of experts.
 */
export function onEveryRow(output: tf.Tensor, experts: number, rows: number): tf.Tensor {
  const isWhole = output.shape[1] === rows && output.shape[0] === experts;
  return isWhole ? output : tf.add(output, tf.zeros([experts, rows, 1]));
}

/** [E, N, F] -> [1, N, F]. */
export function sumOverExperts(x_ENF: tf.Tensor): tf.Tensor {
  const experts = x_ENF.shape[0];
  if (experts === 1) return x_ENF;
  return withGradient([x_ENF], {
    forward: ([x]) => sum(x!),
    backward: (dy) => [tf.tile(dy, [experts, 1, 1])],
  });
}

function sum(x: tf.Tensor): tf.Tensor {
  const [experts, rows, features] = x.shape as [number, number, number];
  if (tf.getBackend() !== 'wasm') return tf.sum(x, 0, true);
  const flat = tf.reshape(x, [experts, rows * features]);
  return tf.reshape(tf.matMul(tf.ones([1, experts]), flat as tf.Tensor2D), [1, rows, features]);
}
