import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type GroupAttributes, type KernelGradientInputs, withOffsets } from '@tfjs-moe/core/backends';
import { GROUPED_MAT_MUL_KERNEL_GRADIENT } from '@tfjs-moe/core/kernels';
import { expertRanges } from '../expert-ranges.ts';
import { runProgram } from '../program.ts';
import { fillOperand, multiplyOperands, operandDeclarations, type Tile } from '../tiles.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** The kernel's own rows and columns are in a tile, and the rows of the expert are its inner axis. */
const tile: Tile = { rows: 32, columns: 32, depth: 16 };

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
  const wide = features % 4 === 0 && units % 4 === 0;
  return withOffsets(backend, offsets, (onDevice) => {
    const ranges = expertRanges(backend, experts, features * units);
    // tfjs would make it for a program of its first range alone.
    let y = ranges.length > 1 ? backend.makeTensorInfo([experts, features, units], 'float32') : undefined;
    for (const { first, count, bytes } of ranges) {
      y = runProgram(backend, {
        name: `${GROUPED_MAT_MUL_KERNEL_GRADIENT}_${wide}`,
        inputs: { x, dy, offsets: onDevice },
        shape: [experts, features, units],
        uniforms: { experts: count, firstExpert: first, features, units },
        workgroup: [tile.columns / 4, tile.rows / 4],
        // Two experts at least: tfjs compiles a program again for workgroups in one direction alone.
        groups: [Math.ceil(units / tile.columns), Math.ceil(features / tile.rows), Math.max(count, 2)],
        wide: wide ? ['x', 'dy'] : [],
        text: gradientText(wide),
        part: bytes && { of: 'result', ...bytes },
        into: y,
      });
    }
    return y!;
  });
});

/** Four numbers of row `row`, from column `begin` on. */
function fourOf(name: string, width: string, wide: boolean): string {
  const at = (j: number) => `f32(${name}[row * ${width} + min(begin + ${j}, ${width} - 1)])`;
  return wide
    ? `vec4<f32>(${name}[(row * ${width} + min(begin, ${width} - 4)) / 4])`
    : `vec4<f32>(${[0, 1, 2, 3].map(at).join(', ')})`;
}

function gradientText(wide: boolean): string {
  const fill = (operand: 'left' | 'right', name: string, width: string, start: string) =>
    fillOperand(
      operand,
      tile,
      'q',
      `
      let begin = ${start} + 4 * q;
      let row = min(row0 + k, rowEnd - 1);
      let valid = vec4<i32>(begin, begin + 1, begin + 2, begin + 3) < vec4<i32>(${width});
      var four = ${fourOf(name, width, wide)};
      four = select(vec4<f32>(0.0), four, valid & vec4<bool>(row0 + k < rowEnd));`,
    );
  return `
  var<workgroup> rowsOfExpert : vec2<i32>;
  ${operandDeclarations(tile)}
  fn main() {
    let expert = i32(workgroupId.z);
    if (localIndex == 0u) {
      rowsOfExpert = vec2<i32>(0);
      if (expert < uniforms.experts) {
        rowsOfExpert = vec2<i32>(i32(offsets[uniforms.firstExpert + expert]), i32(offsets[uniforms.firstExpert + expert + 1]));
      }
    }
    let range = workgroupUniformLoad(&rowsOfExpert);
    let rowEnd = range.y;
    let features = uniforms.features;
    let units = uniforms.units;
    let feature0 = i32(workgroupId.y) * ${tile.rows};
    let unit0 = i32(workgroupId.x) * ${tile.columns};
    var sums : array<vec4<f32>, 4>;
    for (var row0 = range.x; row0 < rowEnd; row0 += ${tile.depth}) {
      ${fill('left', 'x', 'features', 'feature0')}
      ${fill('right', 'dy', 'units', 'unit0')}
      workgroupBarrier();
      let reach = min(rowEnd - row0, ${tile.depth});
      ${multiplyOperands}
      workgroupBarrier();
    }
    let unit = unit0 + i32(localId.x) * 4;
    for (var i = 0; i < 4; i++) {
      let feature = feature0 + i32(localId.y) * 4 + i;
      if (feature >= features || expert >= uniforms.experts) { break; }
      for (var j = 0; j < min(units - unit, 4); j++) {
        result[(expert * features + feature) * units + unit + j] = sums[i][j];
      }
    }
  }`;
}
