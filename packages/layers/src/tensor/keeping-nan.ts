import * as tf from '@tensorflow/tfjs-core';
import { detach } from './detach.ts';

/**
 * f(x) with NaN where x is NaN, and in the gradient there. On WebGPU tfjs makes 0 of it by `sigmoid` and infinity by
 * `exp`, on WebGL infinity by `softplus`, so that what has diverged would look sound. Other backends keep it.
 */
export function keepingNaN(y: tf.Tensor, x: tf.Tensor): tf.Tensor {
  if (!tf.getBackend().startsWith('webg')) return y;
  const values = detach(x);
  return tf.mul(y, tf.where(tf.isNaN(values), values, tf.onesLike(values)));
}
