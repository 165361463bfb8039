/** Kernels of this project that a backend may have beside those of tfjs; their names are in `core`. */
import * as tf from '@tensorflow/tfjs-core';

/** Whether reading a tensor synchronously is cheap on the current backend, as it is wherever tensors live in memory. */
export const readsSynchronously = (): boolean => !tf.getBackend().startsWith('webg');

/** Whether the current backend has a kernel of this name. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) != null;
}

/** Runs a kernel that has one result. */
export function runKernel(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attributes: object = {},
): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
}

/** Runs a kernel that has several results. */
export const runKernels: (...args: Parameters<typeof runKernel>) => tf.Tensor[] = runKernel as never;
