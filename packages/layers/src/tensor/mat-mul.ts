/**
 * The 2-D product $AB$ whose gradient uses explicit transposes.
 *
 * The wasm backend multiplies fast only when neither operand is transposed: the products that tfjs's own gradient asks
 * for run 10 to 40 times slower there than a transpose followed by a plain product. Other backends transpose for free.
 */
import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';

/** [n, m] x [m, p] -> [n, p]. */
export function matMul(a: tf.Tensor, b: tf.Tensor): tf.Tensor2D {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D);
  return withGradient([a, b], {
    forward: ([left, right]) => tf.matMul(left as tf.Tensor2D, right as tf.Tensor2D),
    backward: (dy, [left, right]) => [
      tf.matMul(dy as tf.Tensor2D, tf.transpose(right as tf.Tensor2D)),
      tf.matMul(tf.transpose(left as tf.Tensor2D), dy as tf.Tensor2D),
    ],
  }) as tf.Tensor2D;
}
