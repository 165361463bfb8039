import * as tf from '@tensorflow/tfjs-core';
import { tokenReductions } from '../interpretation/token-reductions.ts';
import { soundTokens } from '../routing-plan.ts';
import { definePriority, type Priority } from './define-priority.ts';

/**
 * The highest weights keep their places, whatever their rank among the choices of their token: `drop_policy: probs`, the
 * default of Megatron-LM. Of equal weights the earlier token's does.
 *
 * Who keeps a place depends on the whole batch, later tokens included.
 */
export const probabilityPriority: Priority = /* @__PURE__ */ definePriority({
  name: 'probabilities',
  keep({ choices_TE, selected_TE, weights_TE }, capacity) {
    const sent_TE = tf.mul(selected_TE, soundTokens(weights_TE));
    // Below every weight, so that what was not sent takes no place.
    const scores_TE = tf.where(tf.greater(sent_TE, 0), weights_TE, tf.fill(weights_TE.shape, -1));
    const { topTokens } = tokenReductions({});
    const first_TE1 = topTokens(tf.expandDims(scores_TE, 2), () => capacity);
    const kept_TE = tf.mul(tf.squeeze(first_TE1, [2]), sent_TE);
    return choices_TE.map((choice_TE) => tf.mul(choice_TE, kept_TE));
  },
});
