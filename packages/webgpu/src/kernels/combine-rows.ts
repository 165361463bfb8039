import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { CombineInputs } from '@tfjs-moe/core/backends';
import { COMBINE_ROWS, COMBINE_ROWS_GRADIENT } from '@tfjs-moe/core/kernels';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** One workgroup for each token, or for each row. */
const LANES = 64;

/** Weighted sums of the rows of each token; NaN where a weight of the token is, of whichever expert. */
export const combineRows: Kernel = defineKernel<
  CombineInputs<TensorInfo> & { readonly row: TensorInfo },
  unknown
>(COMBINE_ROWS, ({ inputs: { x, weights, row, cell }, backend }) => {
  const [tokens, perToken] = row.shape as [number, number];
  const features = x.shape[1]!;
  return runProgram(backend, {
    name: COMBINE_ROWS,
    inputs: { x, weights, row, cell },
    shape: [tokens, features],
    uniforms: { tokens, experts: weights.shape[1]!, perToken, features },
    threads: tokens * LANES,
    text: `
      var<workgroup> unsound : atomic<u32>;
      fn main(index : i32) {
        let token = min(index / ${LANES}, uniforms.tokens - 1);
        let lane = index % ${LANES};
        for (var e = lane; e < uniforms.experts; e += ${LANES}) {
          if (isnan(f32(weights[token * uniforms.experts + e]))) { atomicStore(&unsound, 1u); }
        }
        workgroupBarrier();
        let isUnsound = atomicLoad(&unsound) == 1u;
        if (index / ${LANES} >= uniforms.tokens) { return; }
        for (var f = lane; f < uniforms.features; f += ${LANES}) {
          var sum = 0.0;
          for (var i = 0; i < uniforms.perToken; i++) {
            let own = i32(row[token * uniforms.perToken + i]);
            if (own >= 0) { sum += f32(weights[i32(cell[own])]) * f32(x[own * uniforms.features + f]); }
          }
          result[token * uniforms.features + f] = select(sum, uniforms.NAN, isUnsound);
        }
      }`,
  });
});

/** The gradients of the weighted sums to the rows and to the weights. */
export const combineRowsGradient: Kernel = defineKernel<
  CombineInputs<TensorInfo> & { readonly dy: TensorInfo },
  unknown
>(COMBINE_ROWS_GRADIENT, ({ inputs: { x, weights, cell, dy }, backend }) => {
  const [rows, features] = x.shape as [number, number];
  const [tokens, experts] = weights.shape as [number, number];
  const uniforms = { rows, features, tokens, experts };
  /** The gradient to the rows by weights, or that to the weights by slopes: one program, for it takes long to compile. */
  const run = (shape: readonly [number, number], factors: TensorInfo, toWeights: boolean) =>
    runProgram(backend, {
      name: `${COMBINE_ROWS_GRADIENT}_parts`,
      inputs: { factors, cell, dy },
      shape,
      uniforms: { ...uniforms, toWeights: toWeights ? 1 : 0 },
      text: partsText,
    });
  const toRows = run([rows, features], weights, false);
  const slopes = runProgram(backend, {
    name: `${COMBINE_ROWS_GRADIENT}_slopes`,
    inputs: { x, cell, dy },
    shape: [rows],
    uniforms,
    threads: rows * LANES,
    text: `
      var<workgroup> parts : array<f32, ${LANES}>;
      fn main(index : i32) {
        let row = min(index / ${LANES}, uniforms.rows - 1);
        let lane = index % ${LANES};
        let own = i32(cell[row]);
        var sum = 0.0;
        if (own >= 0) {
          let token = own / uniforms.experts;
          for (var f = lane; f < uniforms.features; f += ${LANES}) {
            sum += f32(x[row * uniforms.features + f]) * f32(dy[token * uniforms.features + f]);
          }
        }
        parts[lane] = sum;
        workgroupBarrier();
        if (lane == 0 && index / ${LANES} < uniforms.rows) {
          for (var i = 1; i < ${LANES}; i++) { sum += parts[i]; }
          result[row] = sum;
        }
      }`,
  });
  const toWeights = run([tokens, experts], slopes, true);
  backend.disposeData(slopes.dataId);
  return [toRows, toWeights];
});

// Cells are in the order of experts, then of tokens, so that halving finds the row of each.
const partsText = `
  fn slopeOf(index : i32) -> f32 {
    let own = i32(cell[index / uniforms.features]);
    if (own < 0) { return 0.0; }
    let token = own / uniforms.experts;
    return f32(factors[own]) * f32(dy[token * uniforms.features + index % uniforms.features]);
  }
  fn slopeOfCell(wanted : i32) -> f32 {
    let token = wanted / uniforms.experts;
    let expert = wanted % uniforms.experts;
    var first = 0;
    var last = uniforms.rows;
    while (first < last) {
      let middle = (first + last) / 2;
      let own = i32(cell[middle]);
      let before = own >= 0 && (own % uniforms.experts < expert ||
        (own % uniforms.experts == expert && own / uniforms.experts < token));
      if (before) { first = middle + 1; } else { last = middle; }
    }
    let found = min(first, uniforms.rows - 1);
    return select(0.0, f32(factors[found]), i32(cell[found]) == wanted);
  }
  fn main(index : i32) {
    if (uniforms.toWeights != 0) {
      if (index < uniforms.tokens * uniforms.experts) { result[index] = slopeOfCell(index); }
    } else if (index < uniforms.rows * uniforms.features) {
      result[index] = slopeOf(index);
    }
  }`;
