import * as tf from '@tensorflow/tfjs-core';
import { expertOps } from '../interpretation/expert-ops.ts';
import { detach } from '../tensor/detach.ts';
import { copyToExperts, onEveryRow, sumOverExperts } from '../tensor/expert-axis.ts';
import { masked } from '../tensor/masked.ts';
import { takeRows } from '../tensor/take-rows.ts';
import type { Dispatcher } from './dispatcher.ts';

/**
 * Dense dispatch: every expert computes every token and the weights mask the rest,
 * $y_t = \sum_e w_{te} h_e(x_t)$.
 *
 * Works and trains on every backend, reads nothing back, and costs E / K times the arithmetic of sparse dispatch. The
 * right choice for dense gates, and for few experts on a GPU.
 */
export const denseDispatch: Dispatcher = Object.freeze<Dispatcher>({
  name: 'dense',
  dispatch(x_TD, plan) {
    const { tokens, experts, selected_TE, weights_TE, selectsAll = false } = plan;
    // Experts compute what they were not sent too, and NaN times a weight of 0 is NaN: of a token that was sent elsewhere they
    // see zeros, and it sees zeros of them, in the gradient too.
    const sent_ET = tf.transpose(detach(selected_TE));
    const columns = (table_ET: tf.Tensor) => tf.reshape(table_ET, [-1, tokens, 1]);
    const ofSent = (value: tf.Tensor, table_ET = sent_ET) =>
      selectsAll ? value : masked(value, columns(table_ET));
    const shared = tf.expandDims(x_TD, 0);
    return {
      ops: expertOps,
      input: selectsAll ? shared : ofSent(copyToExperts(shared, experts)),
      layout: 'expertsFirst',
      kept_TE: selected_TE,
      weights_TE,
      eachExpert(run) {
        const outputs = Array.from({ length: experts }, (_, expert) => {
          const own = takeRows(sent_ET, expert, expert + 1);
          return run(tf.squeeze(ofSent(shared, own), [0]), expert, tf.reshape(own, [tokens]));
        });
        return tf.stack(outputs);
      },
      combine(output) {
        const own = ofSent(onEveryRow(output, experts, tokens));
        const weighted = tf.mul(own, columns(tf.transpose(weights_TE)));
        return tf.reshape(sumOverExperts(weighted), [tokens, output.shape[2]!]);
      },
    };
  },
});
