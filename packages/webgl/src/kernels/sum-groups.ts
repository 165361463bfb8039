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
        of: 'pairs',
        text: `
        ${expertOfRow(offsets.length - 1, ends)}
        vec2 pair(int expert, int feature) {
          vec2 sum = vec2(0.0);
          int start = offsetOf(expert);
          int end = offsetOf(expert + 1);
          // Rows are two by two in memory, and the first or last of them may be of another expert.
          for (int row = start - (start & 1); row < end; row += 2) {
            vec4 four = xTexel(row / 2, feature / 2);
            if (row >= start) sum += four.xy;
            if (row + 1 < end) sum += four.zw;
          }
          return sum;
        }`,
      }),
    ),
);
