import type { TensorInfo } from '@tensorflow/tfjs-core';
import { GROUPED_MAT_MUL } from '@tfjs-moe/core/kernels';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { groupedProduct } from '../threads/products.ts';
import { defineKernel, type Kernel } from './kernel.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly kernels: TensorInfo;
  readonly bias?: TensorInfo;
}

interface Attributes {
  readonly offsets: readonly number[];
  readonly transpose: boolean;
  /** Whether negative results become 0. Default false. */
  readonly relu?: boolean;
}

/**
 * Rows sorted by expert times one kernel per expert, with the bias of each expert where there is one, and ReLU if asked for.
 */
export const groupedMatMul: Kernel = defineKernel<Inputs, Attributes>(
  GROUPED_MAT_MUL,
  { x: FLOATS, kernels: FLOATS, bias: FLOATS },
  ({ inputs: { x, kernels, bias }, attrs: { offsets, transpose, relu = false }, backend, attachment }) => {
    const [rows, depth] = x.shape as [number, number];
    const sizes = kernels.shape.slice(1) as [number, number];
    const units = sizes[transpose ? 0 : 1];
    const y = newTensor(backend, [rows, units]);
    groupedProduct(attachment, {
      x: addressOf(backend, x),
      offsets,
      kernels: addressOf(backend, kernels),
      bias: bias === undefined ? 0 : addressOf(backend, bias),
      y: addressOf(backend, y),
      depth,
      units,
      transposed: transpose,
      relu,
    });
    return y;
  },
);
