import type { TensorInfo } from '@tensorflow/tfjs-core';
import { TOP_K_MASKS } from '@tfjs-moe/core/kernels';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/**
 * The K largest scores of each row, as one mask each: what a top-K gate selects.
 */
export const topKMasks: Kernel = defineKernel<{ readonly scores: TensorInfo }, { readonly k: number }>(
  TOP_K_MASKS,
  { scores: FLOATS },
  ({ inputs: { scores }, attrs: { k }, backend, attachment }) => {
    const [rows, size] = scores.shape as [number, number];
    const masks = Array.from({ length: k }, () => newTensor(backend, [rows, size]));
    attachment.withBytes(4 * Math.max(size, 1), (open) => {
      attachment.kernels.topKMasks(
        addressOf(backend, scores),
        rows,
        size,
        k,
        attachment.integers(masks.map((mask) => addressOf(backend, mask))),
        open,
      );
    });
    return masks;
  },
);
