import * as tf from '@tensorflow/tfjs-core';
import { type RoutingPlan, soundTokens } from '../routing-plan.ts';
import { addAll } from '../tensor/add-all.ts';
import { detach } from '../tensor/detach.ts';
import { masked } from '../tensor/masked.ts';

/** The plans of several gates over the same experts as one, which sends a token wherever one of them does. */
export interface Union {
  readonly plan: RoutingPlan;
  /** 0/1 [T, 1]: tokens that at least one gate can route; absent where that is the dispatcher's business. */
  readonly sound_T1?: tf.Tensor;
  /** The combine weights of each gate. */
  readonly weights: readonly tf.Tensor2D[];
}

/**
 * Puts plans together. First choices come before second ones, and at the same rank the earlier gate before the later.
 *
 * A token of NaN is routed nowhere, so that dispatchers, which see one gate's weights at a time, agree about who has a
 * row: a gate that cannot route a token says so after they are done (`unsoundAsNaN`).
 */
export function unionOf(plans: readonly RoutingPlan[]): Union {
  const [first, ...others] = plans as [RoutingPlan, ...RoutingPlan[]];
  const weights = plans.map(({ weights_TE }) => weights_TE);
  const { experts } = first;
  if (others.length === 0 || plans.every(({ selectsAll }) => selectsAll === true)) {
    return { plan: { ...first, expertsPerToken: expertsPerToken(plans) }, weights };
  }
  const sound = weights.map(soundTokens);
  const levels = disjoint(byRank(plans, sound));
  // A dispatcher takes as many levels as a token has experts for levels of one expert each.
  const ranked = plans.every(({ choices_TE, expertsPerToken: k }) => choices_TE.length === k);
  const selected_TE: tf.Tensor2D = addAll(levels);
  return {
    plan: {
      ...first,
      expertsPerToken: expertsPerToken(plans),
      choices_TE: ranked || experts === 1 ? levels : [selected_TE],
      selected_TE,
      selectsAll: false,
    },
    sound_T1: sound.reduce((some, one) => tf.maximum(some, one)),
    weights: weights.map((weights_TE, i) => masked(weights_TE, sound[i]!) as tf.Tensor2D),
  };
}

/** How many experts a token may have of all gates together. */
function expertsPerToken(plans: readonly Pick<RoutingPlan, 'experts' | 'expertsPerToken'>[]): number {
  const sum = plans.reduce((total, plan) => total + plan.expertsPerToken, 0);
  return Math.min(sum, plans[0]!.experts);
}

/** y [T, U], and NaN for tokens with a NaN among their weights. */
export function unsoundAsNaN(y_TU: tf.Tensor2D, weights_TE: tf.Tensor2D): tf.Tensor2D {
  const sum_T1 = tf.sum(detach(weights_TE), 1, true);
  return tf.add(y_TU, tf.where(tf.isNaN(sum_T1), sum_T1, tf.zerosLike(sum_T1)));
}

function byRank(plans: readonly RoutingPlan[], sound: readonly tf.Tensor[]): tf.Tensor2D[] {
  const ranks = Math.max(...plans.map(({ choices_TE }) => choices_TE.length));
  return Array.from({ length: ranks }, (_, rank) =>
    plans.flatMap(({ choices_TE }, i) => {
      const choice = choices_TE[rank];
      return choice === undefined ? [] : [tf.mul(detach(choice), sound[i]!) as tf.Tensor2D];
    }),
  ).flat();
}

/** 0/1 masks without what an earlier one has. */
function disjoint(masks: readonly tf.Tensor2D[]): tf.Tensor2D[] {
  let free: tf.Tensor = tf.onesLike(masks[0]!);
  return masks.map((mask) => {
    const own = tf.mul(mask, free) as tf.Tensor2D;
    free = tf.sub(free, own);
    return own;
  });
}
