import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';

/**
 * x where a 0/1 tensor that broadcasts against it is 1, and 0 elsewhere whatever x holds there, in the gradient too:
 * NaN times 0 would be NaN.
 */
export function masked(x: tf.Tensor, keep: tf.Tensor): tf.Tensor {
  const only = (value: tf.Tensor, kept: tf.Tensor) =>
    tf.where(tf.greater(kept, 0), value, tf.zerosLike(value));
  return withGradient([x], {
    constants: [keep],
    forward: ([value]) => only(value!, keep),
    backward: (dy, _inputs, [kept]) => [only(dy, kept!)],
  });
}
