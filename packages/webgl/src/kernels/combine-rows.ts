import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { CombineInputs } from '@tfjs-moe/core/backends';
import { COMBINE_ROWS, COMBINE_ROWS_GRADIENT } from '@tfjs-moe/core/kernels';
import { halvings } from '../expert-of-row.ts';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** Text of `weightOf(cell)`. */
const weightOf = (experts: number): string =>
  `float weightOf(int own) { return getWeights(own / ${experts}, imod(own, ${experts})); }`;

/** Weighted sums of the rows of each token; NaN where a weight of the token is, of whichever expert. */
export const combineRows: Kernel = defineKernel<
  CombineInputs<TensorInfo> & { readonly row: TensorInfo },
  unknown
>(COMBINE_ROWS, ({ inputs: { x, weights, row, cell }, backend }) => {
  const [tokens, perToken] = row.shape as [number, number];
  const experts = weights.shape[1]!;
  // Once for each token, and not for each of its features.
  const unsound = runProgram(backend, {
    inputs: { weights },
    shape: [tokens],
    text: `
      float value(int token) {
        float found = 0.0;
        for (int e = 0; e < ${experts}; e++) { if (isnan(getWeights(token, e))) found = 1.0; }
        return found;
      }`,
  });
  const y = runProgram(backend, {
    inputs: { x, weights, rows: row, cells: cell, unsound },
    shape: [tokens, x.shape[1]!],
    packed: 'result',
    text: `
      ${weightOf(experts)}
      float value(int token, int feature) {
        if (getUnsound(token) > 0.5) return NAN;
        float sum = 0.0;
        for (int i = 0; i < ${perToken}; i++) {
          int own = int(getRows(token, i));
          if (own >= 0) sum += weightOf(int(getCells(own))) * getX(own, feature);
        }
        return sum;
      }`,
  });
  backend.disposeData(unsound.dataId);
  return y;
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
    packed: 'result',
    text: `
      ${weightOf(experts)}
      float value(int row, int feature) {
        int own = int(getCells(row));
        return own < 0 ? 0.0 : weightOf(own) * getDy(own / ${experts}, feature);
      }`,
  });
  const slopes = runProgram(backend, {
    inputs: { x, cells: cell, dy },
    shape: [rows],
    text: `
      float value(int row) {
        int own = int(getCells(row));
        float sum = 0.0;
        if (own >= 0) {
          for (int f = 0; f < ${features}; f++) sum += getX(row, f) * getDy(own / ${experts}, f);
        }
        return sum;
      }`,
  });
  // Cells are in the order of experts, then of tokens, so that halving finds the row of each.
  const toWeights = runProgram(backend, {
    inputs: { slopes, cells: cell },
    shape: [tokens, experts],
    text: `
      float value(int token, int expert) {
        int first = 0;
        int last = ${rows};
        for (int i = 0; i < ${halvings(rows)}; i++) {
          if (first < last) {
            int middle = (first + last) / 2;
            int own = int(getCells(middle));
            int other = own < 0 ? ${experts} : imod(own, ${experts});
            bool before = other < expert || (other == expert && own / ${experts} < token);
            if (before) first = middle + 1; else last = middle;
          }
        }
        if (first >= ${rows}) return 0.0;
        return int(getCells(first)) == token * ${experts} + expert ? getSlopes(first) : 0.0;
      }`,
  });
  backend.disposeData(slopes.dataId);
  return [toRows, toWeights];
});
