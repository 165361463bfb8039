import type { TensorInfo } from '@tensorflow/tfjs-core';
import { SCORE_EXPERTS } from '@tfjs-moe/core/kernels';
import { product } from './grouped-mat-mul.ts';
import { defineKernel, type Kernel } from './kernel.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly router: TensorInfo;
  readonly bias?: TensorInfo;
}

/**
 * The logits of a linear router: a product with one group, whose columns are the experts. The bias stays the column that it
 * is, for 2 x 2 numbers to a texel are not what they are in a row.
 */
export const scoreExperts: Kernel = defineKernel<Inputs, unknown>(
  SCORE_EXPERTS,
  ({ inputs: { x, router, bias }, backend }) => {
    const kernels = { ...router, shape: [1, ...router.shape] };
    const group = { offsets: [0, x.shape[0]!], transpose: true };
    return product(backend, { x, kernels, ...(bias && { bias }) }, group, 'column');
  },
);
