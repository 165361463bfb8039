import type * as tf from '@tensorflow/tfjs-core';
import type { Offsets } from '../tensor/offsets.ts';

/**
 * Sorted rows: the (token, expert) pairs of a plan in the order of their experts, tokens in their own order for each, with
 * the way of values to the rows and back. One row per pair, nothing dropped; on a device there may be rows of nobody behind them.
 */
export interface SortedRows {
  /** Expert e owns the rows offsets[e], ..., offsets[e + 1] - 1. */
  readonly offsets: Offsets;
  /** Copies tokens to their rows: [T, D] -> [S, D]. */
  toRows(x_TD: tf.Tensor2D): tf.Tensor2D;
  /** Weighted sum of each token's rows: [S, U] and [T, E] -> [T, U]. */
  fromRows(output_SU: tf.Tensor, weights_TE: tf.Tensor2D): tf.Tensor2D;
}
