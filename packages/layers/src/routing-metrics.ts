import * as tf from '@tensorflow/tfjs-core';
import type { Dispatched } from './dispatch/dispatcher.ts';
import type { RoutingPlan } from './routing-plan.ts';

/**
 * What the routing of a batch looked like, as plain numbers.
 *
 * One small tensor per batch carries them from the device: read at once where tensors live in memory, and later, without
 * stalling, where they do not.
 *
 * Routing of one batch; padding counts nowhere.
 */
export interface RoutingMetrics {
  /** Tokens that are not padding. */
  readonly tokens: number;
  /** Fraction of the tokens that each expert was sent, before any were dropped; the entries sum to about K. */
  readonly load: readonly number[];
  /** Mean combine weight that each expert received per token. */
  readonly importance: readonly number[];
  /** Mean entropy of the gate's distribution over the experts, in nats; log(E) when undecided. */
  readonly entropy: number;
  /** Fraction of the selected (token, expert) pairs that found no room. */
  readonly droppedFraction: number;
  /** Load of the busiest expert over the mean load, minus 1; 0 when balanced (MaxVio). */
  readonly maxViolation: number;
  /** Root mean square of the router's logits; a softmax of logits beyond 10 is next to one-hot. */
  readonly logitScale: number;
}

/** The numbers of a batch as one tensor: [load (E), importance (E), entropy, squared logits, kept pairs, tokens]. */
export function metricsTensor(
  plan: RoutingPlan,
  dispatched: Pick<Dispatched, 'kept_TE' | 'weights_TE'>,
  mask_T1: tf.Tensor | undefined,
): tf.Tensor1D {
  return tf.tidy(() => {
    const { tokens, probabilities_TE, logits_TE, selected_TE } = plan;
    const logs = tf.log(tf.maximum(probabilities_TE, 1e-30));
    const entropy_T1 = tf.neg(tf.sum(tf.mul(probabilities_TE, logs), 1, true));
    const valid = mask_T1 === undefined ? tf.scalar(tokens) : tf.sum(mask_T1);
    const both_T2 = tf.concat([entropy_T1, tf.mean(tf.square(logits_TE), 1, true)], 1);
    const counted =
      mask_T1 === undefined ? both_T2 : tf.where(tf.greater(mask_T1, 0), both_T2, tf.zerosLike(both_T2));
    return tf.concat([
      tf.sum(selected_TE, 0),
      tf.sum(dispatched.weights_TE, 0),
      tf.sum(counted, 0),
      tf.stack([tf.sum(dispatched.kept_TE), valid]),
    ]) as tf.Tensor1D;
  });
}

/** The numbers of a batch from the values of its tensor. */
export function metricsOf(values: ArrayLike<number>): RoutingMetrics {
  const all = Array.from(values);
  const experts = (all.length - 4) / 2;
  const counts = all.slice(0, experts);
  const [entropy = 0, squares = 0, kept = 0, tokens = 0] = all.slice(2 * experts);
  const perToken = (value: number) => (tokens === 0 ? 0 : value / tokens);
  const selected = counts.reduce((sum, count) => sum + count, 0);
  return Object.freeze({
    tokens,
    load: counts.map(perToken),
    importance: all.slice(experts, 2 * experts).map(perToken),
    entropy: perToken(entropy),
    droppedFraction: selected === 0 ? 0 : (selected - kept) / selected,
    maxViolation: selected === 0 ? 0 : (Math.max(...counts) * experts) / selected - 1,
    logitScale: Math.sqrt(perToken(squares)),
  });
}
