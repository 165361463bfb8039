import * as tf from '@tensorflow/tfjs-core';
import { expertOps } from '../interpretation/expert-ops.ts';
import { soundTokens } from '../routing-plan.ts';
import { detach } from '../tensor/detach.ts';
import { sumOverExperts } from '../tensor/expert-axis.ts';
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
    // Experts compute what they were not sent too, and NaN times a weight of 0 is NaN: of a token of NaN, the experts see
    // zeros, and of an expert of NaN, the tokens that were sent elsewhere.
    const input_TD = selectsAll ? x_TD : (masked(x_TD, soundTokens(weights_TE)) as tf.Tensor2D);
    const perExpert = (table_TE: tf.Tensor2D) => tf.reshape(tf.transpose(table_TE), [experts, tokens, 1]);
    // An output that ignores its input comes without an axis of tokens, one that is the same of all without that of experts.
    const everywhere = (output: tf.Tensor) =>
      output.shape[1] === tokens && output.shape[0] === experts
        ? output
        : tf.add(output, tf.zeros([experts, tokens, 1]));
    return {
      ops: expertOps,
      input: tf.expandDims(input_TD, 0),
      layout: 'expertsFirst',
      kept_TE: selected_TE,
      weights_TE,
      eachExpert(run) {
        const sent_ET = tf.transpose(detach(selected_TE));
        const outputs = Array.from({ length: experts }, (_, expert) =>
          run(input_TD, expert, tf.reshape(takeRows(sent_ET, expert, expert + 1), [tokens])),
        );
        return tf.stack(outputs);
      },
      combine(output) {
        const units = output.shape[2]!;
        const own = selectsAll ? output : masked(everywhere(output), perExpert(detach(selected_TE)));
        return tf.reshape(sumOverExperts(tf.mul(own, perExpert(weights_TE))), [tokens, units]);
      },
    };
  },
});
