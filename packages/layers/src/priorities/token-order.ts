import * as tf from '@tensorflow/tfjs-core';
import { soundTokens } from '../routing-plan.ts';
import { floats } from '../tensor/floats.ts';
import { definePriority, type Priority } from './define-priority.ts';

/**
 * Earlier tokens keep their places, with all their choices: DeepSpeed's top-K. A token's place does not depend on later
 * ones.
 */
export const tokenOrder: Priority = /* @__PURE__ */ definePriority({
  name: 'tokenOrder',
  keep({ choices_TE, selected_TE, weights_TE }, capacity) {
    const sent_TE = tf.mul(selected_TE, soundTokens(weights_TE));
    const hasRoom_TE = floats(tf.lessEqual(tf.cumsum(sent_TE, 0), capacity));
    const kept_TE = tf.mul(sent_TE, hasRoom_TE);
    return choices_TE.map((choice_TE) => tf.mul(choice_TE, kept_TE));
  },
});
