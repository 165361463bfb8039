import type { TensorInfo } from '@tensorflow/tfjs-core';
import { SUM_GROUPS } from '@tfjs-moe/core/kernels';
import { type Offsets, withOffsets } from '../offsets.ts';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** Sums of the rows of each expert. */
export const sumGroups: Kernel = defineKernel<{ readonly x: TensorInfo }, { readonly offsets: Offsets }>(
  SUM_GROUPS,
  ({ inputs: { x }, attrs: { offsets }, backend }) =>
    withOffsets(backend, offsets, (onDevice) =>
      runProgram(backend, {
        inputs: { x, offsets: onDevice },
        shape: [offsets.length - 1, x.shape[1]!],
        text: `
        float value(int expert, int feature) {
          float sum = 0.0;
          int end = int(getOffsets(expert + 1));
          for (int row = int(getOffsets(expert)); row < end; row++) sum += getX(row, feature);
          return sum;
        }`,
      }),
    ),
);
