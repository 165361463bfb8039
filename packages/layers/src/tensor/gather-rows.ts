import * as tf from '@tensorflow/tfjs-core';

/**
 * Rows of a matrix by index. `tf.gather` is two orders of magnitude slower than `tf.gatherND` on the wasm backend, and
 * `tf.slice` copies its whole input there, so everything that picks rows goes through `gatherND`.
 *
 * Rows of x [n, ...] at an int32 index [s, 1]: [s, ...]. No gradient: callers write their own.
 */
export function gatherRows(x: tf.Tensor, index_S1: tf.Tensor): tf.Tensor {
  return tf.gatherND(x, index_S1);
}

/** The consecutive rows start, ..., end - 1 of x [n, ...]. No gradient: callers write their own. */
export function rowRange(x: tf.Tensor, start: number, end: number): tf.Tensor {
  if (start === 0 && end === x.shape[0]) return x;
  if (tf.getBackend() === 'wasm') {
    return tf.gatherND(x, tf.expandDims(tf.range(start, end, 1, 'int32'), 1));
  }
  const rest = x.shape.slice(1);
  return tf.slice(x, [start, ...rest.map(() => 0)], [end - start, ...rest]);
}

/** The matrix of one expert in a stack [E, n, m]. No gradient: callers write their own. */
export function matrixOf(stack: tf.Tensor, expert: number): tf.Tensor2D {
  const [, rows, columns] = stack.shape as [number, number, number];
  return tf.reshape(rowRange(stack, expert, expert + 1), [rows, columns]);
}
