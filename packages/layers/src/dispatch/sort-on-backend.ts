import * as tf from '@tensorflow/tfjs-core';
import {
  COMBINE_ROWS,
  COMBINE_ROWS_GRADIENT,
  GATHER_ROWS,
  SORT_BY_EXPERT,
  SUM_ROWS,
} from '@tfjs-moe/core/kernels';
import type { RoutingPlan } from '../routing-plan.ts';
import { withGradient } from '../tensor/custom-gradient.ts';
import { detach } from '../tensor/detach.ts';
import { deviceOffsets } from '../tensor/offsets.ts';
import { readsSynchronously, runKernel } from '../tensor/own-kernel.ts';
import type { SortedRows } from './sorted-rows.ts';

/**
 * Sorted rows by kernels of the backend: the selection is read, the tokens moved and the gradients gathered in the
 * backend's own memory. Nothing but the offsets comes back to JavaScript, and on a GPU not even these.
 */
export function sortOnBackend({ selected_TE, expertsPerToken, experts }: RoutingPlan): SortedRows {
  const [offsets, token_S, cell_S, row_TK] = runKernel<tf.Tensor[]>(
    SORT_BY_EXPERT,
    { selected: detach(selected_TE) },
    { perToken: expertsPerToken },
  ) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor2D];

  return {
    offsets: readsSynchronously()
      ? Array.from(offsets.dataSync())
      : deviceOffsets(offsets, token_S.size, () => tf.mod(cell_S, tf.scalar(experts, 'int32'))),
    toRows: (x_TD) =>
      withGradient([x_TD], {
        constants: [token_S, row_TK],
        forward: ([x]) => runKernel(GATHER_ROWS, { x: x!, index: token_S }),
        backward: (dy, _inputs, [, row]) => [runKernel(SUM_ROWS, { x: dy, index: row! })],
      }) as tf.Tensor2D,
    fromRows: (output_SU, weights_TE) =>
      withGradient([output_SU, weights_TE], {
        constants: [cell_S],
        forward: ([x, weights]) =>
          runKernel(COMBINE_ROWS, {
            x: x!,
            weights: weights!,
            row: row_TK,
            cell: cell_S,
          }),
        backward: (dy, [x, weights], [cell]) =>
          runKernel<tf.Tensor[]>(COMBINE_ROWS_GRADIENT, {
            x: x!,
            weights: weights!,
            cell: cell!,
            dy,
          }),
      }) as tf.Tensor2D,
  };
}
