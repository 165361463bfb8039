import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GroupAttributes } from '@tfjs-moe/core/backends';
import { SUM_GROUPS } from '@tfjs-moe/core/kernels';
import { expertOfRow } from '../expert-of-row.ts';
import { runProgram } from '../program.ts';
import { withGroups } from '../with-groups.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** Sums of the rows of each expert. */
export const sumGroups: Kernel = defineKernel<{ readonly x: TensorInfo }, GroupAttributes<TensorInfo>>(
  SUM_GROUPS,
  ({ inputs: { x }, attrs: { offsets }, backend }) =>
    withGroups(backend, offsets, (groups, ends) =>
      runProgram(backend, {
        inputs: { x, ...groups },
        shape: [offsets.length - 1, x.shape[1]!],
        text: `
        ${expertOfRow(offsets.length - 1, false, ends)}
        float value(int expert, int feature) {
          float sum = 0.0;
          int end = offsetOf(expert + 1);
          for (int row = offsetOf(expert); row < end; row++) sum += getX(row, feature);
          return sum;
        }`,
      }),
    ),
);
