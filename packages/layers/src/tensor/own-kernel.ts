/** Kernels of this project that a backend may have beside those of tfjs; their names are in `core`. */
import * as tf from '@tensorflow/tfjs-core';

/** Whether reading a tensor synchronously is cheap on the current backend, as it is wherever tensors live in memory. */
export const readsSynchronously = (): boolean => !tf.getBackend().startsWith('webg');

/** Whether the current backend has a kernel of this name. */
export function hasKernel(name: string): boolean {
  return !!tf.getKernel(name, tf.getBackend());
}

/** Runs a kernel that has one result, or several. */
export function runKernel<Results extends tf.Tensor | tf.Tensor[] = tf.Tensor>(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attributes: object = {},
): Results {
  return tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as Results;
}
