import * as tf from '@tensorflow/tfjs-core';

/** Buffers that one program of WebGPU may read beside the one that it writes, on every adapter. */
const MOST = 7;

/**
 * The sum of one or more tensors of one shape. `tf.addN` reads all of them in one program, which WebGPU refuses for more than
 * seven, without an error that a program sees: everything that was sent along with it is 0 then.
 */
export function addAll<T extends tf.Tensor>(tensors: readonly T[]): T {
  if (tensors.length === 1) return tensors[0]!;
  if (tf.getBackend() !== 'webgpu' || tensors.length <= MOST) return tf.addN([...tensors]);
  return addAll([tf.addN(tensors.slice(0, MOST)), ...tensors.slice(MOST)]);
}
