import * as tf from '@tensorflow/tfjs-core';
import type { Gate, Routing } from '@tfjs-moe/core';
import { addAll } from './tensor/add-all.ts';
import { detach } from './tensor/detach.ts';
import { floats } from './tensor/floats.ts';
import { masked } from './tensor/masked.ts';

/** Who goes where, with which weight: the routing of a batch as tensors [T, E], for looking at. */
export interface RoutingPlan {
  readonly tokens: number;
  readonly experts: number;
  /** Static bound on the experts of one token. */
  readonly expertsPerToken: number;
  /** Clean router logits. */
  readonly logits_TE: tf.Tensor2D;
  /** What selection orders experts by, where the gate says: with noise, a bias or without rejected groups. */
  readonly scores_TE?: tf.Tensor2D;
  /** Full distribution over the experts; rows sum to 1, padding included. */
  readonly probabilities_TE: tf.Tensor2D;
  /** Disjoint 0/1 masks, first choices first. */
  readonly choices_TE: readonly tf.Tensor2D[];
  /** 0/1: the sum of the choices. */
  readonly selected_TE: tf.Tensor2D;
  /**
   * Combine weights, 0 where not selected. A NaN makes the whole token NaN, at whatever expert it stands: so does a
   * gate say that the numbers which route the token are not sound.
   */
  readonly weights_TE: tf.Tensor2D;
  /** Whether every expert is selected for every token. Default false. */
  readonly selectsAll?: boolean;
  /** Whether what survives a capacity limit is renormalised. */
  readonly renormalizeAfterDrop: boolean;
}

/**
 * The routing plan of one batch on tensors: who goes where, with which weight. Immutable; every dispatcher, loss and
 * metric reads the same plan. Padding tokens are routed nowhere: their masks and weights are zero.
 *
 * Turns what a gate returned into the plan of a batch.
 */
export function routingPlan(
  gate: Gate,
  routing: Routing<tf.Tensor>,
  shape: readonly [tokens: number, experts: number],
  mask: tf.Tensor | undefined,
): RoutingPlan {
  const [tokens, experts] = shape;
  const table = (value: tf.Tensor): tf.Tensor2D => tf.reshape(value, [tokens, experts]);
  const valid = (value: tf.Tensor) => table(mask === undefined ? value : tf.mul(value, mask));
  const choices_TE = routing.choices.map(valid);
  return Object.freeze({
    tokens,
    experts,
    expertsPerToken: gate.expertsPerToken(experts),
    logits_TE: table(routing.logits),
    scores_TE: table(routing.scores),
    probabilities_TE: table(routing.probabilities),
    choices_TE,
    selected_TE: addAll(choices_TE),
    // Padding has no weight even where a gate of NaN gives it one.
    weights_TE: table(mask === undefined ? routing.weights : masked(routing.weights, mask)),
    selectsAll: routing.selectsAll === true && mask === undefined,
    renormalizeAfterDrop: routing.renormalizeAfterDrop ?? false,
  });
}

/** 0/1 [T, 1]: which tokens have no NaN among their weights. */
export function soundTokens(weights_TE: tf.Tensor2D): tf.Tensor2D {
  const sum_T1 = tf.sum(detach(weights_TE), 1, true);
  return floats(tf.logicalNot(tf.isNaN(sum_T1))) as tf.Tensor2D;
}
