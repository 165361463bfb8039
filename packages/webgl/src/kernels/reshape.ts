import type { TensorInfo } from '@tensorflow/tfjs-core';
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
