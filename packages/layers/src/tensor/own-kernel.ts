/** Kernels of this project that a backend may have beside those of tfjs; their names are in `core`. */
import * as tf from '@tensorflow/tfjs-core';

/** Whether the current backend has a kernel of this name. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) != null;
}

/** Runs a kernel that has one result. */
export function runKernel(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attributes: tf.NamedAttrMap = {},
): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes) as tf.Tensor;
}

/** Runs a kernel that has several results. */
export function runKernels(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attributes: tf.NamedAttrMap = {},
): tf.Tensor[] {
  return tf.engine().runKernel(name, inputs, attributes) as tf.Tensor[];
}
