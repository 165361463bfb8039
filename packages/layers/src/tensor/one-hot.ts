import * as tf from '@tensorflow/tfjs-core';
import { floats } from './floats.ts';

/**
 * One-hot rows as float32. `tf.oneHot` gives zeros on the wasm backend when asked for float32, and wrong sums on WebGPU
 * when asked for int32; a comparison is right on both.
 *
 * int32 [n] -> float32 [n, depth].
 */
export function oneHot(index_N: tf.Tensor, depth: number): tf.Tensor2D {
  const column = floats(tf.reshape(index_N, [index_N.size, 1]));
  return floats(tf.equal(column, tf.range(0, depth, 1, 'float32'))) as tf.Tensor2D;
}
