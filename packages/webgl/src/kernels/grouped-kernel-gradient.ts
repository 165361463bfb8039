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
        // Rows are two by two in memory, and the first or last of them may be of another expert.
        vec4 edge(int pair, int start, int end, int down, int across) {
          vec4 a = xTexel(pair, down);
          vec4 b = dyTexel(pair, across);
          vec4 sum = vec4(0.0);
          if (2 * pair >= start && 2 * pair < end) sum += a.xxyy * b.xyxy;
          if (2 * pair + 1 >= start && 2 * pair + 1 < end) sum += a.zzww * b.zwzw;
          return sum;
        }
        void main() {
          ivec3 place = getOutputCoords();
          int start = offsetOf(place.x);
          int end = offsetOf(place.x + 1);
          int down = place.y / 2;
          int across = place.z / 2;
          int first = (start + 1) / 2;
          int last = end / 2;
          vec4 sum = vec4(0.0);
          if (2 * first > start && start < end) sum += edge(first - 1, start, end, down, across);
          for (int pair = first; pair < last; pair++) {
            vec4 a = xTexel(pair, down);
            vec4 b = dyTexel(pair, across);
            sum += a.xxyy * b.xyxy;
            sum += a.zzww * b.zwzw;
          }
          if (2 * last < end && last >= first) sum += edge(last, start, end, down, across);
          if (place.y + 1 >= ${features}) sum.zw = vec2(0.0);
          if (place.z + 1 >= ${units}) sum.yw = vec2(0.0);
          setOutput(sum);
        }`,
    }),
  );
});
