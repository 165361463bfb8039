import * as tf from '@tensorflow/tfjs-core';
import { soundTokens } from '../routing-plan.ts';
import { detach } from '../tensor/detach.ts';
import { floats } from '../tensor/floats.ts';
import { definePriority, type Priority } from './define-priority.ts';

/**
 * Batch prioritised routing: tokens with a larger largest weight come first, and then first choices before second ones.
 * Tokens that matter less are dropped, so that the capacity can be far below 1. Of equal tokens the earlier comes first.
 *
 * Who keeps a place depends on the whole batch. Tokens are compared in pairs: memory for $T^2$ numbers.
 *
 * Source: Riquelme et al., "Scaling Vision with Sparse Mixture of Experts" (2021), section 3.3.
 */
export const batchPriority: Priority = /* @__PURE__ */ definePriority({
  name: 'batchPriority',
  keep({ tokens, experts, choices_TE, weights_TE }, capacity) {
    const sound_T1 = soundTokens(weights_TE);
    const weight_T1 = tf.max(
      tf.where(tf.greater(sound_T1, 0), detach(weights_TE), tf.zerosLike(weights_TE)),
      1,
      true,
    );
    const weight_1T = tf.transpose(weight_T1);
    const index_T1 = tf.reshape(tf.range(0, tokens), [tokens, 1]);
    const isEarlier = tf.logicalAnd(
      tf.equal(weight_1T, weight_T1),
      tf.less(tf.transpose(index_T1), index_T1),
    );
    const isBefore_TT = floats(tf.logicalOr(tf.greater(weight_1T, weight_T1), isEarlier)) as tf.Tensor2D;
    let taken_1E: tf.Tensor = tf.zeros([1, experts]);
    return choices_TE.map((choice_TE) => {
      const sent_TE: tf.Tensor2D = tf.mul(choice_TE, sound_T1);
      const ahead_TE = tf.add(tf.matMul(isBefore_TT, sent_TE), taken_1E);
      taken_1E = tf.add(taken_1E, tf.sum(sent_TE, 0, true));
      return tf.mul(sent_TE, floats(tf.less(ahead_TE, capacity))) as tf.Tensor2D;
    });
  },
});
