import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { RESHAPE } from '@tfjs-moe/core/kernels';
import { defineKernel, type Kernel } from './kernel.ts';

/**
 * The same texture under another shape. The stock kernel moves numbers where 2 x 2 of them in a texel are not the same 2 x 2 in
 * the new shape; here whoever reads them otherwise than they lie has them moved, which kernels of this package do not.
 */
export const reshape: Kernel = defineKernel<{ readonly x: TensorInfo }, { readonly shape: number[] }>(
  RESHAPE,
  ({ inputs: { x }, attrs: { shape }, backend }) => {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, dtype: x.dtype, shape };
  },
);

/** Back to the shape that there was, by tfjs where the kernel has been taken back since. */
export const reshapeGradient: tf.GradConfig = {
  kernelName: RESHAPE,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => {
    const { shape } = x!;
    const isHere = tf.getKernel(RESHAPE, tf.getBackend()) != null;
    const back = (x: tf.Tensor) =>
      isHere ? tf.engine().runKernel(RESHAPE, { x }, { shape }) : tf.reshape(x, shape);
    return { x: () => back(dy as tf.Tensor) as tf.Tensor };
  },
};
