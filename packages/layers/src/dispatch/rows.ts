import * as tf from '@tensorflow/tfjs-core';
import { addAll } from '../tensor/add-all.ts';
import { withGradient } from '../tensor/custom-gradient.ts';
import { gatherRows } from '../tensor/gather-rows.ts';
import { oneHot } from '../tensor/one-hot.ts';

/** One expert of every token. All tokens of one column are different rows. */
export interface Column {
  /** Row of the token's pair, int32 [T, 1]; S, one row too many, where the token has none. */
  readonly row_T1: tf.Tensor;
  /** Expert of the token's pair, int32 [T]. */
  readonly expert_T: tf.Tensor;
  /** 1 where the token has a pair in this column, else 0: [T, 1]. */
  readonly valid_T1: tf.Tensor;
}

/**
 * Rows: the correspondence between (token, expert) pairs and the rows on which experts compute, in both directions, so
 * that moving tokens and moving gradients are both gathers. Grouped dispatch has one row per pair; capacity dispatch
 * has C rows per expert, some of them empty.
 *
 * What is gathered for nobody is a row of zeros behind all others, and not some other row times 0: what is NaN in one
 * token would be NaN in all that have fewer rows.
 */
export interface Rows {
  /** Token of each row, int32 [S, 1]; T where the row is empty. */
  readonly token_S1: tf.Tensor;
  /** token * E + expert of each row, int32 [S, 1]; T * E where the row is empty. */
  readonly cell_S1: tf.Tensor;
  readonly columns: readonly Column[];
}

/** Copies tokens to their rows: x [T, D] -> [S, D], zeros in empty rows. */
export function toRows(x_TD: tf.Tensor2D, { token_S1, columns }: Rows): tf.Tensor2D {
  return withGradient([x_TD], {
    constants: columns.map(({ row_T1 }) => row_T1),
    forward: ([x]) => gatherRows(withZeros(x!), token_S1),
    backward(dy, _inputs, rows) {
      const slopes = withZeros(dy);
      return [addAll(rows.map((row) => gatherRows(slopes, row)))];
    },
  }) as tf.Tensor2D;
}

/** Weighted sum of each token's rows: $y_t = \sum_r w_{t e_r} o_{\text{row}(t, r)}$, [S, U] and [T, E] -> [T, U]. */
export function fromRows(output_SU: tf.Tensor, weights_TE: tf.Tensor2D, rows: Rows): tf.Tensor2D {
  const { token_S1, cell_S1, columns } = rows;
  const experts = weights_TE.shape[1];
  const member = (expert_T: tf.Tensor, valid_T1: tf.Tensor) => tf.mul(oneHot(expert_T, experts), valid_T1);

  return withGradient([output_SU, weights_TE], {
    constants: [
      token_S1,
      cell_S1,
      ...columns.flatMap(({ row_T1, expert_T, valid_T1 }) => [row_T1, expert_T, valid_T1]),
    ],
    forward([output, weights]) {
      const outputs = withZeros(output!);
      return addAll(
        columns.map(({ row_T1, expert_T, valid_T1 }) => {
          // A NaN among the weights of a token makes this NaN, also where its expert is another.
          const weight_T1 = tf.sum(tf.mul(weights!, member(expert_T, valid_T1)), 1, true);
          return tf.mul(gatherRows(outputs, row_T1), weight_T1);
        }),
      );
    },
    backward(dy, [output, weights], [token, cell, ...triples]) {
      const flat = withZeros(tf.reshape(weights!, [weights!.size, 1]));
      const weight_S1 = gatherRows(flat, cell!);
      const toOutput = tf.mul(gatherRows(withZeros(dy), token!), weight_S1);
      const outputs = withZeros(output!);
      const toWeights = columns.map((_, r) => {
        const [row, expert, valid] = triples.slice(3 * r, 3 * r + 3) as [tf.Tensor, tf.Tensor, tf.Tensor];
        const slope_T1 = tf.sum(tf.mul(gatherRows(outputs, row), dy), 1, true);
        return tf.mul(member(expert, valid), slope_T1);
      });
      return [toOutput, addAll(toWeights)];
    },
  }) as tf.Tensor2D;
}

/** x [n, F] and one row of zeros. */
function withZeros(x: tf.Tensor): tf.Tensor {
  return tf.pad(x, [
    [0, 1],
    [0, 0],
  ]);
}
