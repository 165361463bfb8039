import type { TensorInfo } from '@tensorflow/tfjs-core';
import { SUM_GROUPS } from '@tfjs-moe/core/kernels';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/**
 * Sums of the rows of each expert: the gradient to a bias.
 */
export const sumGroups: Kernel = defineKernel<
  { readonly x: TensorInfo },
  { readonly offsets: readonly number[] }
>(SUM_GROUPS, { x: FLOATS }, ({ inputs: { x }, attrs: { offsets }, backend, attachment }) => {
  const features = x.shape[1]!;
  const experts = offsets.length - 1;
  const out = newTensor(backend, [experts, features]);
  attachment.kernels.sumGroups(
    addressOf(backend, x),
    attachment.integers(offsets),
    experts,
    addressOf(backend, out),
    features,
  );
  return out;
});
