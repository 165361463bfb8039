import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GatherInputs } from '@tfjs-moe/core/backends';
import { GATHER_ROWS, SUM_ROWS } from '@tfjs-moe/core/kernels';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** Copies of rows by index; zeros where there is no such row. */
export const gatherRows: Kernel = defineKernel<GatherInputs<TensorInfo>, unknown>(
  GATHER_ROWS,
  ({ inputs: { x, index }, backend }) =>
    runProgram(backend, {
      inputs: { x, indices: index },
      shape: [index.shape[0]!, x.shape[1]!],
      of: 'pairs',
      text: `
      vec2 pair(int place, int feature) {
        int row = int(indicesAt(place));
        return row >= 0 && row < ${x.shape[0]} ? xPair(row, feature) : vec2(0.0);
      }`,
    }),
);

/** Sums of rows by index, the gradient of the copies. */
export const sumRows: Kernel = defineKernel<GatherInputs<TensorInfo>, unknown>(
  SUM_ROWS,
  ({ inputs: { x, index }, backend }) =>
    runProgram(backend, {
      inputs: { x, indices: index },
      shape: [index.shape[0]!, x.shape[1]!],
      of: 'pairs',
      text: `
      vec2 pair(int token, int feature) {
        vec2 sum = vec2(0.0);
        for (int i = 0; i < ${index.shape[1]}; i++) {
          int row = int(indicesAt(token, i));
          if (row >= 0) sum += xPair(row, feature);
        }
        return sum;
      }`,
    }),
);
