import * as tf from '@tensorflow/tfjs-core';

/**
 * Truths or integers as float32. On WebGPU a cast changes the type and not the bytes, of which `transpose`, and so a sum
 * over another axis than the last, makes numbers next to 0; a product has bytes of its own.
 */
export function floats(x: tf.Tensor): tf.Tensor {
  const cast = tf.cast(x, 'float32');
  return tf.getBackend() === 'webgpu' ? tf.mul(cast, 1) : cast;
}
