import type { TensorInfo } from '@tensorflow/tfjs-core';
import { GROUPED_MAT_MUL_KERNEL_GRADIENT } from '@tfjs-moe/core/kernels';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { groupedKernelGradient as compute } from '../threads/products.ts';
import { defineKernel, type Kernel } from './kernel.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly dy: TensorInfo;
}

interface Attributes {
  readonly offsets: readonly number[];
}

/**
 * The gradient of the grouped product to its kernels; zeros for experts without rows.
 */
export const groupedKernelGradient: Kernel = defineKernel<Inputs, Attributes>(
  GROUPED_MAT_MUL_KERNEL_GRADIENT,
  { x: FLOATS, dy: FLOATS },
  ({ inputs: { x, dy }, attrs: { offsets }, backend, attachment }) => {
    const [depth, units] = [x.shape[1]!, dy.shape[1]!];
    const experts = offsets.length - 1;
    const gradient = newTensor(backend, [experts, depth, units]);
    compute(attachment, {
      x: addressOf(backend, x),
      offsets,
      dy: addressOf(backend, dy),
      gradient: addressOf(backend, gradient),
      depth,
      units,
    });
    return gradient;
  },
);
