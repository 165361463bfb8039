import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type GroupAttributes, withOffsets } from '@tfjs-moe/core/backends';
import { SUM_GROUPS } from '@tfjs-moe/core/kernels';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';

const SIDE = 16;

/**
 * Sums of the rows of each expert: a workgroup has 16 features of one, and each of its 16 lines every 16th row.
 */
export const sumGroups: Kernel = defineKernel<{ readonly x: TensorInfo }, GroupAttributes<TensorInfo>>(
  SUM_GROUPS,
  ({ inputs: { x }, attrs: { offsets }, backend }) => {
    const features = x.shape[1]!;
    const experts = offsets.length - 1;
    return withOffsets(backend, offsets, (onDevice) =>
      runProgram(backend, {
        name: SUM_GROUPS,
        inputs: { x, offsets: onDevice },
        shape: [experts, features],
        uniforms: { experts, features },
        workgroup: [SIDE, SIDE],
        // Two experts at least: tfjs compiles a program again for workgroups in one direction alone.
        groups: [Math.ceil(features / SIDE), Math.max(experts, 2), 1],
        text: `
        var<workgroup> parts : array<array<f32, ${SIDE}>, ${SIDE}>;
        fn main() {
          let feature = i32(workgroupId.x) * ${SIDE} + i32(localId.x);
          let expert = i32(workgroupId.y);
          let inside = feature < uniforms.features && expert < uniforms.experts;
          var sum = 0.0;
          if (inside) {
            for (var row = i32(offsets[expert]) + i32(localId.y); row < i32(offsets[expert + 1]); row += ${SIDE}) {
              sum += f32(x[row * uniforms.features + feature]);
            }
          }
          parts[localId.y][localId.x] = sum;
          workgroupBarrier();
          if (inside && localId.y == 0u) {
            for (var i = 1; i < ${SIDE}; i++) { sum += parts[i][localId.x]; }
            result[expert * uniforms.features + feature] = sum;
          }
        }`,
      }),
    );
  },
);
