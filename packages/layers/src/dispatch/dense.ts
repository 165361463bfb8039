import * as tf from '@tensorflow/tfjs-core';
import { expertOps } from '../interpretation/expert-ops.ts';
import { detach } from '../tensor/detach.ts';
import { sumOverExperts } from '../tensor/expert-axis.ts';
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
  dispatch: (x_TD, plan) => ({
    ops: expertOps,
    input: tf.expandDims(x_TD, 0),
    layout: 'expertsFirst',
    kept_TE: plan.selected_TE,
    weights_TE: plan.weights_TE,
    eachExpert(run) {
      const sent_ET = tf.transpose(detach(plan.selected_TE));
      const outputs = Array.from({ length: plan.experts }, (_, expert) =>
        run(x_TD, expert, tf.reshape(takeRows(sent_ET, expert, expert + 1), [plan.tokens])),
      );
      return tf.stack(outputs);
    },
    combine(output_ETU) {
      const { tokens, experts, weights_TE } = plan;
      const units = output_ETU.shape[2] as number;
      const weights_ET1 = tf.reshape(tf.transpose(weights_TE), [experts, tokens, 1]);
      return tf.reshape(sumOverExperts(tf.mul(output_ETU, weights_ET1)), [tokens, units]);
    },
  }),
});
