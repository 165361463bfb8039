import type { TensorInfo } from '@tensorflow/tfjs-core';
import { COMBINE_ROWS, COMBINE_ROWS_GRADIENT } from '@tfjs-moe/core/kernels';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS, INDICES } from '../operands.ts';
import { defineKernel, type Kernel } from './kernel.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly weights: TensorInfo;
  readonly cell: TensorInfo;
}

/**
 * Weighted sums of the rows of each token, and their gradients to rows and weights.
 */
export const combineRows: Kernel = defineKernel<Inputs & { readonly row: TensorInfo }, unknown>(
  COMBINE_ROWS,
  { x: FLOATS, weights: FLOATS, row: INDICES, cell: INDICES },
  ({ inputs: { x, weights, row, cell }, backend, attachment }) => {
    const [tokens, perToken] = row.shape as [number, number];
    const features = x.shape[1]!;
    const out = newTensor(backend, [tokens, features]);
    attachment.kernels.combineRows(
      addressOf(backend, x),
      addressOf(backend, weights),
      addressOf(backend, row),
      addressOf(backend, cell),
      addressOf(backend, out),
      tokens,
      weights.shape[1]!,
      perToken,
      features,
    );
    return out;
  },
);

export const combineRowsGradient: Kernel = defineKernel<Inputs & { readonly dy: TensorInfo }, unknown>(
  COMBINE_ROWS_GRADIENT,
  { x: FLOATS, weights: FLOATS, cell: INDICES, dy: FLOATS },
  ({ inputs: { x, weights, cell, dy }, backend, attachment }) => {
    const [rows, features] = x.shape as [number, number];
    const toRows = newTensor(backend, [rows, features]);
    const toWeights = newTensor(backend, weights.shape);
    backend.typedArrayFromHeap(toWeights).fill(0);
    attachment.kernels.combineRowsGradient(
      addressOf(backend, x),
      addressOf(backend, weights),
      addressOf(backend, cell),
      addressOf(backend, dy),
      addressOf(backend, toRows),
      addressOf(backend, toWeights),
      rows,
      weights.shape[1]!,
      features,
    );
    return [toRows, toWeights];
  },
);
