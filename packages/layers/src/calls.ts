import type * as tf from '@tensorflow/tfjs-core';
import type { Gate } from '@tfjs-moe/core';
import type { RoutingPlan } from './routing-plan.ts';

/** The layer that is called, as far as those who look at calls need it. */
export interface CalledLayer {
  readonly name: string;
  readonly gate: Gate;
}

/** What a call of a layer has come to once it is routed; its tensors live as long as the call. */
export interface RoutedCall {
  readonly plan: RoutingPlan;
  /** 1 for tokens that count, 0 for padding; absent when all count. */
  readonly mask_T1: tf.Tensor2D | undefined;
  readonly training: boolean;
}

/** Told of every call of every layer, wherever it stands, while it is in here. */
export const watchers: Set<(layer: CalledLayer, call: RoutedCall) => void> = new Set();

/** Says, while there is one, which choices a call takes in place of its gate's own. */
export const replay: {
  choices?:
    | ((layer: CalledLayer, shape: readonly [tokens: number, experts: number]) => tf.Tensor[])
    | undefined;
} = {};
