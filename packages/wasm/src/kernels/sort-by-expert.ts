import type { TensorInfo } from '@tensorflow/tfjs-core';
import { SORT_BY_EXPERT } from '@tfjs-moe/core/kernels';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { defineKernel, type Kernel } from './kernel.ts';

interface Inputs {
  readonly selected: TensorInfo;
}

interface Attributes {
  readonly perToken: number;
}

/**
 * Stable counting sort of the selected (token, expert) pairs by expert.
 */
export const sortByExpert: Kernel = defineKernel<Inputs, Attributes>(
  SORT_BY_EXPERT,
  { selected: FLOATS },
  ({ inputs: { selected }, attrs: { perToken }, backend, attachment }) => {
    const [tokens, experts] = selected.shape as [number, number];
    const { kernels } = attachment;
    const offsets = newTensor(backend, [experts + 1], 'int32');
    const pairs = kernels.countSelected(
      addressOf(backend, selected),
      tokens,
      experts,
      addressOf(backend, offsets),
    );
    // With nobody selected one empty row keeps every parameter on the tape.
    const size = Math.max(pairs, 1);
    const token = newTensor(backend, [size], 'int32');
    const cell = newTensor(backend, [size], 'int32');
    const row = newTensor(backend, [tokens, perToken], 'int32');
    // Sorting moves the offsets on; and a view would not outlive a memory that grows.
    const next = attachment.integers(backend.typedArrayFromHeap(offsets).slice());
    kernels.sortSelected(
      addressOf(backend, selected),
      tokens,
      experts,
      perToken,
      next,
      addressOf(backend, token),
      addressOf(backend, cell),
      addressOf(backend, row),
    );
    if (pairs === 0) {
      for (const each of [token, cell]) backend.typedArrayFromHeap(each).fill(-1);
      (backend.typedArrayFromHeap(offsets) as Int32Array)[experts] = 1;
    }
    return [offsets, token, cell, row];
  },
);
