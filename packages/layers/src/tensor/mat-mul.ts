import * as tf from '@tensorflow/tfjs-core';
import { GROUPED_MAT_MUL } from '@tfjs-moe/core/kernels';
import { withGradient } from './custom-gradient.ts';
import { groupedGradients } from './grouped-mat-mul.ts';
import { hasKernel } from './own-kernel.ts';

/**
 * The 2-D product $AB$ whose gradient is fast on the wasm backend.
 *
 * That backend multiplies fast only when neither operand is transposed: the products that tfjs's own gradient asks for
 * run 10 to 40 times slower there than a transpose followed by a plain product. Where the grouped product has a kernel, it
 * multiplies with transposed operands at full speed, as one expert. Other backends transpose for free.
 *
 * [n, m] x [m, p] -> [n, p].
 */
export function matMul(a: tf.Tensor, b: tf.Tensor): tf.Tensor2D {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D);
  return withGradient([a, b], {
    forward: ([left, right]) => tf.matMul(left as tf.Tensor2D, right as tf.Tensor2D),
    backward: (dy, [left, right]) => gradients(dy as tf.Tensor2D, left as tf.Tensor2D, right as tf.Tensor2D),
  }) as tf.Tensor2D;
}

function gradients(dy: tf.Tensor2D, left: tf.Tensor2D, right: tf.Tensor2D): tf.Tensor[] {
  if (!hasKernel(GROUPED_MAT_MUL)) {
    return [tf.matMul(dy, tf.transpose(right)), tf.matMul(tf.transpose(left), dy)];
  }
  const kernels = tf.reshape(right, [1, ...right.shape]);
  const [toLeft, toKernels] = groupedGradients(dy, left, kernels, [0, left.shape[0]]);
  return [toLeft, tf.reshape(toKernels, right.shape)];
}
