/** Rows sorted by expert times one kernel per expert, with the bias of each expert where there is one. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { GROUPED_MAT_MUL } from '@tfjs-moe/core';
import { addressOf, newTensor } from '../backend-memory.ts';
import { defineKernel, type Kernel } from './kernel.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly kernels: TensorInfo;
  readonly bias?: TensorInfo;
}

interface Attributes {
  readonly offsets: readonly number[];
  readonly transpose: boolean;
}

export const groupedMatMul: Kernel = defineKernel<Inputs, Attributes>(
  GROUPED_MAT_MUL,
  ({ inputs: { x, kernels, bias }, attrs: { offsets, transpose }, backend, attachment }) => {
    const [rows, depth] = x.shape as [number, number];
    const [experts, ...sizes] = kernels.shape as [number, number, number];
    const units = sizes[transpose ? 0 : 1];
    const y = newTensor(backend, [rows, units]);
    attachment.kernels.groupedProduct(
      addressOf(backend, x),
      attachment.integers(offsets),
      experts,
      addressOf(backend, kernels),
      bias === undefined ? 0 : addressOf(backend, bias),
      addressOf(backend, y),
      depth,
      units,
      transpose ? 1 : 0,
      0,
      rows,
      attachment.workspace,
    );
    return y;
  },
);
