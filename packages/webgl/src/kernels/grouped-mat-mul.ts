import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ProductAttributes, ProductInputs } from '@tfjs-moe/core/backends';
import { GROUPED_MAT_MUL } from '@tfjs-moe/core/kernels';
import { expertOfRow } from '../expert-of-row.ts';
import { runProgram, type WebGl } from '../program.ts';
import { withGroups } from '../with-groups.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/**
 * Rows sorted by expert times one kernel per expert, with the bias of each expert where there is one, and ReLU if asked for.
 *
 * A texel has two numbers of two rows, and looks the experts of both up: mostly they are one.
 * @param bias `'rows'`: the bias has a row for every expert; `'column'`: it is a column, of one expert alone
 */
export function product(
  backend: WebGl,
  { x, kernels, bias }: ProductInputs<TensorInfo>,
  { offsets, transpose, relu = false }: ProductAttributes<TensorInfo>,
  biasIs: 'rows' | 'column' = 'rows',
): TensorInfo {
  const [rows, depth] = x.shape as [number, number];
  const experts = kernels.shape[0]!;
  const columns = kernels.shape[transpose ? 1 : 2]!;
  const kernelAt = (expert: string) =>
    transpose ? `getKernels(${expert}, place.y, k).xzyw` : `getKernels(${expert}, k, place.y)`;
  const biasOf = (expert: string) =>
    biasIs === 'rows' ? `biasPair(${expert}, place.y)` : 'getBias(place.y, 0).xz';
  return withGroups(backend, offsets, (groups, ends) =>
    runProgram(backend, {
      inputs: { x, kernels, ...groups, ...(bias && { bias }) },
      shape: [rows, columns],
      of: 'texels',
      text: `
      ${expertOfRow(experts, ends)}
      float positive(float z) { return z < 0.0 ? 0.0 : z; }
      void main() {
        ivec2 place = getOutputCoords();
        int upper = expertOf(place.x);
        int lower = expertOf(place.x + 1);
        int own = clamp(upper, 0, ${experts - 1});
        int next = clamp(lower, 0, ${experts - 1});
        vec4 sum = vec4(0.0);
        for (int k = 0; k < ${depth}; k += 2) {
          vec4 a = getX(place.x, k);
          vec4 b = ${kernelAt('own')};
          vec4 c = b;
          if (next != own) c = ${kernelAt('next')};
          ${depth % 2 === 1 ? `if (k + 1 == ${depth}) { a.yw = vec2(0.0); b.zw = vec2(0.0); c.zw = vec2(0.0); }` : ''}
          sum.xy += a.x * b.xy;
          sum.xy += a.y * b.zw;
          sum.zw += a.z * c.xy;
          sum.zw += a.w * c.zw;
        }
        ${bias ? `sum += vec4(${biasOf('own')}, ${biasOf('next')});` : ''}
        ${relu ? 'sum = vec4(positive(sum.x), positive(sum.y), positive(sum.z), positive(sum.w));' : ''}
        if (upper != own) sum.xy = vec2(0.0);
        if (lower != next || place.x + 1 >= ${rows}) sum.zw = vec2(0.0);
        if (place.y + 1 >= ${columns}) sum.yw = vec2(0.0);
        setOutput(sum);
      }`,
    }),
  );
}

/** The product of rows of several experts. */
export const groupedMatMul: Kernel = defineKernel<ProductInputs<TensorInfo>, ProductAttributes<TensorInfo>>(
  GROUPED_MAT_MUL,
  ({ inputs, attrs, backend }) => product(backend, inputs, attrs),
);
