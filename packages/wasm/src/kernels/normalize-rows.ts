import type { TensorInfo } from '@tensorflow/tfjs-core';
import { NORMALIZE_ROWS, NORMALIZE_ROWS_GRADIENT } from '@tfjs-moe/core/kernels';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { defineKernel, type Kernel } from './kernel.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly scale?: TensorInfo;
  readonly shift?: TensorInfo;
}

/** Layer normalisation, and that by the root mean square. */
export const normalizeRows: Kernel = defineKernel<
  Inputs,
  { readonly epsilon: number; readonly centered: boolean }
>(
  NORMALIZE_ROWS,
  { x: FLOATS, scale: FLOATS, shift: FLOATS },
  ({ inputs: { x, scale, shift }, attrs, backend, attachment }) => {
    const [rows, features] = x.shape as [number, number];
    const [y, kept] = [newTensor(backend, x.shape), newTensor(backend, [rows, 2])];
    const at = (tensor: TensorInfo | undefined) => (tensor === undefined ? 0 : addressOf(backend, tensor));
    attachment.kernels.normalizeRows(
      ...([at(x), at(scale), at(shift), at(y), at(kept), rows, features] as const),
      ...([attrs.epsilon, attrs.centered ? 1 : 0] as const),
    );
    return [y, kept];
  },
);

/** Its gradients. */
export const normalizeRowsGradient: Kernel = defineKernel<
  Inputs & { readonly kept: TensorInfo; readonly dy: TensorInfo },
  { readonly centered: boolean }
>(
  NORMALIZE_ROWS_GRADIENT,
  { x: FLOATS, scale: FLOATS, shift: FLOATS, kept: FLOATS, dy: FLOATS },
  ({ inputs: { x, scale, kept, dy }, attrs, backend, attachment: { kernels, heap } }) => {
    const [rows, features] = x.shape as [number, number];
    const results = [x.shape, [features], [features]].map((shape) => newTensor(backend, shape));
    const at = (tensor: TensorInfo | undefined) => (tensor === undefined ? 0 : addressOf(backend, tensor));
    const room = heap.allocate(8 * features + 16);
    try {
      kernels.normalizeRowsGradient(
        ...([at(x), at(scale), at(dy), at(kept), at(results[0]), at(results[1]), at(results[2])] as const),
        ...([room, rows, features, attrs.centered ? 1 : 0] as const),
      );
    } finally {
      heap.free(room);
    }
    return results;
  },
);
