import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type ProductAttributes, type ProductInputs, withOffsets } from '@tfjs-moe/core/backends';
import { GROUPED_MAT_MUL } from '@tfjs-moe/core/kernels';
import { expertRanges } from '../expert-ranges.ts';
import { runProgram } from '../program.ts';
import {
  fillOperand,
  findTile,
  multiplyOperands,
  operandDeclarations,
  spread,
  type Tile,
  tileDeclarations,
  tileFor,
  tilesAtMost,
} from '../tiles.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/**
 * Rows sorted by expert times one kernel per expert, with the bias of each expert where there is one, and ReLU if asked for.
 */
export const groupedMatMul: Kernel = defineKernel<ProductInputs<TensorInfo>, ProductAttributes<TensorInfo>>(
  GROUPED_MAT_MUL,
  ({ inputs: { x, kernels, bias }, attrs: { offsets, transpose, relu = false }, backend }) => {
    const [rows, depth] = x.shape as [number, number];
    const experts = kernels.shape[0]!;
    const columns = kernels.shape[transpose ? 1 : 2]!;
    const tile = tileFor(rows / experts);
    const wide = !transpose && columns % 4 === 0;
    const most = backend.device.limits.maxComputeWorkgroupsPerDimension;
    return withOffsets(backend, offsets, (onDevice) => {
      // One program with and without a bias, for it takes seconds to compile: some floats are bound, and not read.
      const added = bias ?? { dataId: x.dataId, dtype: 'float32', shape: [depth > 0 ? experts : 0, columns] };
      let y: TensorInfo | undefined;
      for (const { first, count, bytes } of expertRanges(backend, experts, depth * columns)) {
        y = runProgram(backend, {
          name: `${GROUPED_MAT_MUL}_${[tile.rows, transpose, wide].join('_')}`,
          inputs: { x, kernels, offsets: onDevice, bias: added },
          shape: [rows, columns],
          uniforms: {
            ...{ experts: count, firstExpert: first, allExperts: experts, rows, depth, columns },
            ...{ biased: bias ? 1 : 0, relu: relu ? 1 : 0 },
          },
          workgroup: [tile.columns / 4, tile.rows / 4],
          groups: [Math.ceil(columns / tile.columns), ...spread(tilesAtMost(rows, count, tile), most)],
          wide: wide ? ['kernels'] : [],
          text: productText(tile, transpose, wide),
          part: bytes && { of: 'kernels', ...bytes },
          into: y,
        });
      }
      return y!;
    });
  },
);

function productText(tile: Tile, transpose: boolean, wide: boolean): string {
  const kernelAt = (j: number) =>
    transpose
      ? `f32(kernels[(expert * columns + min(col + ${j}, columns - 1)) * depth + inner])`
      : `f32(kernels[(expert * depth + inner) * columns + min(col + ${j}, columns - 1)])`;
  const fromKernels = wide
    ? 'vec4<f32>(kernels[((expert * depth + inner) * columns + min(col, columns - 4)) / 4])'
    : `vec4<f32>(${[0, 1, 2, 3].map(kernelAt).join(', ')})`;
  const biasAt = (j: number) =>
    `f32(bias[(uniforms.firstExpert + expert) * columns + min(col + ${j}, columns - 1)])`;
  const xAt = (i: number) => `f32(x[min(row + ${i}, rowEnd - 1) * depth + inner])`;
  return `
  ${tileDeclarations(tile)}
  ${operandDeclarations(tile)}
  fn main() {
    ${findTile(tile)}
    let expert = clamp(tile.x, 0, uniforms.experts - 1);
    let row0 = tile.y;
    let rowEnd = tile.z;
    let depth = uniforms.depth;
    let columns = uniforms.columns;
    let column0 = i32(workgroupId.x) * ${tile.columns};
    let inside = select(0, depth, tile.x == expert);
    // The last tile of an expert may have rows for some of its threads alone.
    let hasRows = row0 + i32(localId.y) * 4 < rowEnd;
    var sums : array<vec4<f32>, 4>;
    for (var k0 = 0; k0 < inside; k0 += ${tile.depth}) {
      ${fillOperand(
        'left',
        tile,
        'k',
        `
        let row = row0 + 4 * q;
        let inner = min(k0 + k, depth - 1);
        let valid = vec4<i32>(row, row + 1, row + 2, row + 3) < vec4<i32>(rowEnd);
        var four = vec4<f32>(${[0, 1, 2, 3].map(xAt).join(', ')});
        four = select(vec4<f32>(0.0), four, valid & vec4<bool>(k0 + k < depth));`,
      )}
      ${fillOperand(
        'right',
        tile,
        transpose ? 'k' : 'q',
        `
        let col = column0 + 4 * q;
        let inner = min(k0 + k, depth - 1);
        let valid = vec4<i32>(col, col + 1, col + 2, col + 3) < vec4<i32>(columns);
        var four = ${fromKernels};
        four = select(vec4<f32>(0.0), four, valid & vec4<bool>(k0 + k < depth));`,
      )}
      workgroupBarrier();
      let reach = select(0, min(inside - k0, ${tile.depth}), hasRows);
      ${multiplyOperands}
      workgroupBarrier();
    }
    let col = column0 + i32(localId.x) * 4;
    var added = vec4<f32>(0.0);
    if (tile.x == expert && uniforms.biased != 0) { added = vec4<f32>(${[0, 1, 2, 3].map(biasAt).join(', ')}); }
    let least = select(vec4<f32>(-uniforms.INFINITY), vec4<f32>(0.0), uniforms.relu != 0);
    for (var i = 0; i < 4; i++) {
      let row = row0 + i32(localId.y) * 4 + i;
      if (row >= rowEnd) { break; }
      let sum = sums[i] + added;
      let values = select(sum, least, sum < least);
      for (var j = 0; j < min(columns - col, 4); j++) { result[row * columns + col + j] = values[j]; }
    }
  }`;
}
