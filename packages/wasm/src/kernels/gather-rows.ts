import type { TensorInfo } from '@tensorflow/tfjs-core';
import { GATHER_ROWS, SUM_ROWS } from '@tfjs-moe/core/kernels';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS, INDICES } from '../operands.ts';
import { defineKernel, type Kernel } from './kernel.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly index: TensorInfo;
}

/**
 * Rows by index, zeros where the index is negative; and sums of rows by index, its gradient.
 */
export const gatherRows: Kernel = defineKernel<Inputs, unknown>(
  GATHER_ROWS,
  { x: FLOATS, index: INDICES },
  ({ inputs: { x, index }, backend, attachment }) => {
    const [rows, features] = [index.shape[0]!, x.shape[1]!];
    const out = newTensor(backend, [rows, features]);
    attachment.kernels.gatherRows(
      addressOf(backend, x),
      addressOf(backend, index),
      addressOf(backend, out),
      rows,
      4 * features,
    );
    return out;
  },
);

export const sumRows: Kernel = defineKernel<Inputs, unknown>(
  SUM_ROWS,
  { x: FLOATS, index: INDICES },
  ({ inputs: { x, index }, backend, attachment }) => {
    const [tokens, perToken] = index.shape as [number, number];
    const features = x.shape[1]!;
    const out = newTensor(backend, [tokens, features]);
    attachment.kernels.sumRows(
      addressOf(backend, x),
      addressOf(backend, index),
      addressOf(backend, out),
      tokens,
      perToken,
      features,
    );
    return out;
  },
);
