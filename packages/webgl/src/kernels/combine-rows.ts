import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { CombineInputs } from '@tfjs-moe/core/backends';
import { COMBINE_ROWS, COMBINE_ROWS_GRADIENT } from '@tfjs-moe/core/kernels';
import { halvings } from '../expert-of-row.ts';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** Text of `weightOf(cell)`. */
const weightOf = (experts: number): string =>
  `float weightOf(int own) { return weightsAt(own / ${experts}, own % ${experts}); }`;

/** Weighted sums of the rows of each token; NaN where a weight of the token is, of whichever expert. */
export const combineRows: Kernel = defineKernel<
  CombineInputs<TensorInfo> & { readonly row: TensorInfo },
  unknown
>(COMBINE_ROWS, ({ inputs: { x, weights, row, cell }, backend }) => {
  const [tokens, perToken] = row.shape as [number, number];
  const [, features] = x.shape as [number, number];
  const [, experts] = weights.shape as [number, number];
  return runProgram(backend, {
    inputs: { x, weights, rows: row, cells: cell },
    shape: [tokens, features],
    of: 'texels',
    text: `
      ${weightOf(experts)}
      // Of two tokens at once, experts two by two.
      bvec4 unsoundOf(int tokens) {
        vec4 count = vec4(0.0);
        for (int two = 0; two < ${Math.floor(experts / 2)}; two++) count += vec4(isnan(weightsTexel(tokens, two)));
        ${experts % 2 === 1 ? `count.xz += vec4(isnan(weightsTexel(tokens, ${(experts - 1) / 2}))).xz;` : ''}
        return greaterThan(count + count.yxwz, vec4(0.0));
      }
      vec2 sumOf(int token, int feature) {
        vec2 sum = vec2(0.0);
        for (int i = 0; i < ${perToken}; i++) {
          int own = int(rowsAt(token, i));
          if (own >= 0) sum += weightOf(int(cellsAt(own))) * xPair(own, feature);
        }
        return sum;
      }
      void main() {
        ivec2 place = getOutputCoords();
        vec4 sum = vec4(sumOf(place.x, place.y), place.x + 1 < ${tokens} ? sumOf(place.x + 1, place.y) : vec2(0.0));
        vec4 y = mix(sum, vec4(NAN), unsoundOf(place.x / 2));
        if (place.x + 1 >= ${tokens}) y.zw = vec2(0.0);
        if (place.y + 1 >= ${features}) y.yw = vec2(0.0);
        setOutput(y);
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
  const toRows = runProgram(backend, {
    inputs: { weights, cells: cell, dy },
    shape: [rows, features],
    of: 'pairs',
    text: `
      ${weightOf(experts)}
      vec2 pair(int row, int feature) {
        int own = int(cellsAt(row));
        return own < 0 ? vec2(0.0) : weightOf(own) * dyPair(own / ${experts}, feature);
      }`,
  });
  // Cells are in the order of experts, then of tokens, so that halving finds the row of each.
  const toWeights = runProgram(backend, {
    inputs: { x, cells: cell, dy },
    shape: [tokens, experts],
    text: `
      float value(int token, int expert) {
        int first = 0;
        int last = ${rows};
        for (int i = 0; i < ${halvings(rows)}; i++) {
          if (first < last) {
            int middle = (first + last) / 2;
            int own = int(cellsAt(middle));
            int other = own < 0 ? ${experts} : own % ${experts};
            bool before = other < expert || (other == expert && own / ${experts} < token);
            if (before) first = middle + 1; else last = middle;
          }
        }
        if (first >= ${rows} || int(cellsAt(first)) != token * ${experts} + expert) return 0.0;
        float sum = 0.0;
        for (int f = 0; f < ${features}; f += 2) {
          vec2 both = xPair(first, f) * dyPair(token, f);
          sum += both.x;
          if (f + 1 < ${features}) sum += both.y;
        }
        return sum;
      }`,
  });
  return [toRows, toWeights];
});
