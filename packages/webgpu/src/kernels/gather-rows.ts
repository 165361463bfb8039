import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GatherInputs, KernelCall } from '@tfjs-moe/core/backends';
import { GATHER_ROWS, SUM_ROWS } from '@tfjs-moe/core/kernels';
import { runProgram, type WebGpu } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** Copies of rows by index; zeros where there is no such row. */
export const gatherRows: Kernel = defineKernel<GatherInputs<TensorInfo>, unknown>(GATHER_ROWS, (call) =>
  sums(call, 1),
);

/** Sums of rows by index, the gradient of the copies. */
export const sumRows: Kernel = defineKernel<GatherInputs<TensorInfo>, unknown>(SUM_ROWS, (call) =>
  sums(call, call.inputs.index.shape[1]!),
);

/** A copy is a sum of one row, by the same program. */
function sums(
  { inputs: { x, index }, backend }: KernelCall<WebGpu, GatherInputs<TensorInfo>, unknown>,
  terms: number,
): TensorInfo {
  const [rows, features] = x.shape as [number, number];
  const count = index.shape[0]!;
  const wide = features % 4 === 0;
  const four = wide ? 'vec4<f32>' : 'f32';
  return runProgram(backend, {
    name: `${SUM_ROWS}_${wide}`,
    inputs: { x, indices: index },
    shape: [count, features],
    uniforms: {
      rows,
      terms,
      width: wide ? features / 4 : features,
      numbers: (count * features) / (wide ? 4 : 1),
    },
    wide: wide ? ['x', 'result'] : [],
    text: `
    fn main(index : i32) {
      if (index >= uniforms.numbers) { return; }
      let place = index / uniforms.width;
      let feature = index % uniforms.width;
      var sum = ${four}(0.0);
      for (var i = 0; i < uniforms.terms; i++) {
        let row = i32(indices[place * uniforms.terms + i]);
        if (row >= 0 && row < uniforms.rows) { sum += ${four}(x[row * uniforms.width + feature]); }
      }
      result[index] = sum;
    }`,
  });
}
