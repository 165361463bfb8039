/** The gradient of the grouped product to its kernels; zeros for experts without rows. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { GROUPED_MAT_MUL_KERNEL_GRADIENT } from '@tfjs-moe/core';
import { addressOf, newTensor } from '../backend-memory.ts';
import { defineKernel, type Kernel } from './kernel.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly dy: TensorInfo;
}

interface Attributes {
  readonly offsets: readonly number[];
}

export const groupedKernelGradient: Kernel = defineKernel<Inputs, Attributes>(
  GROUPED_MAT_MUL_KERNEL_GRADIENT,
  ({ inputs: { x, dy }, attrs: { offsets }, backend, attachment }) => {
    const [depth, units] = [x.shape[1] as number, dy.shape[1] as number];
    const experts = offsets.length - 1;
    const gradient = newTensor(backend, [experts, depth, units]);
    attachment.kernels.groupedKernelGradient(
      addressOf(backend, x),
      attachment.integers(offsets),
      experts,
      addressOf(backend, dy),
      addressOf(backend, gradient),
      depth,
      units,
      0,
      experts * depth,
      attachment.workspace,
    );
    return gradient;
  },
);
