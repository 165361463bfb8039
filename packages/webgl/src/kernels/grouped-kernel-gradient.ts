import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GroupAttributes, KernelGradientInputs } from '@tfjs-moe/core/backends';
import { GROUPED_MAT_MUL_KERNEL_GRADIENT } from '@tfjs-moe/core/kernels';
import { expertOfRow } from '../expert-of-row.ts';
import { runProgram } from '../program.ts';
import { withGroups } from '../with-groups.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/**
 * The gradient of a grouped product to its kernels, $\partial W_e = X_e^\top \partial Y_e$: zeros for experts without rows.
 */
export const groupedKernelGradient: Kernel = defineKernel<
  KernelGradientInputs<TensorInfo>,
  GroupAttributes<TensorInfo>
>(GROUPED_MAT_MUL_KERNEL_GRADIENT, ({ inputs: { x, dy }, attrs: { offsets }, backend }) => {
  const features = x.shape[1]!;
  const units = dy.shape[1]!;
  const experts = offsets.length - 1;
  return withGroups(backend, offsets, (groups, ends) =>
    runProgram(backend, {
      inputs: { x, dy, ...groups },
      shape: [experts, features, units],
      of: 'texels',
      text: `
        ${expertOfRow(experts, ends)}
        void main() {
          ivec3 place = getOutputCoords();
          int start = offsetOf(place.x);
          int end = offsetOf(place.x + 1);
          vec4 sum = vec4(0.0);
          // Rows are two by two in memory, and the first or last of them may be of another expert.
          for (int row = start - (start & 1); row < end; row += 2) {
            vec4 a = getX(row, place.y);
            vec4 b = getDy(row, place.z);
            if (row < start) { a.xy = vec2(0.0); b.xy = vec2(0.0); }
            if (row + 1 >= end) { a.zw = vec2(0.0); b.zw = vec2(0.0); }
            sum += a.xxyy * b.xyxy;
            sum += a.zzww * b.zwzw;
          }
          if (place.y + 1 >= ${features}) sum.zw = vec2(0.0);
          if (place.z + 1 >= ${units}) sum.yw = vec2(0.0);
          setOutput(sum);
        }`,
    }),
  );
});
