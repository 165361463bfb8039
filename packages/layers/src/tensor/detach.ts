import * as tf from '@tensorflow/tfjs-core';

/**
 * A tensor taken off the tape: the same data, through which no gradient flows.
 *
 * tfjs has no `stopGradient`, and comparisons on the tape throw as soon as their input depends on a variable. A second
 * handle on the same data has no history, so whatever is computed from it is a constant to the tape.
 */
export function detach<T extends tf.Tensor>(x: T): T {
  tf.backend().incRef(x.dataId);
  return tf.engine().makeTensorFromTensorInfo({ dataId: x.dataId, shape: x.shape, dtype: x.dtype }) as T;
}
