import type * as tf from '@tensorflow/tfjs-core';
import { type Gate, MoeError } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
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
}

/** Told of every call of every layer, wherever it stands, while it is in here. */
export const watchers: Set<(layer: CalledLayer, call: RoutedCall) => void> = new Set();

/** Which choices a call takes in place of its gate's own: masks [T, E]; nothing for those. */
export type Choosing = (
  layer: CalledLayer,
  shape: readonly [tokens: number, experts: number],
) => readonly tf.Tensor[] | undefined;

let choosing: Choosing = () => undefined;

/** The choices that a call takes in place of its gate's own, where something says so. */
export const choicesFor: Choosing = (layer, shape) => choosing(layer, shape);

/**
 * Runs something while calls take given choices. Those for which `choose` has none are left to whoever runs this.
 * @param run synchronous: what it does after an `await` would choose for itself
 */
export function whileChoosing<T>(choose: Choosing, run: () => T): T {
  const around = choosing;
  choosing = (layer, shape) => choose(layer, shape) ?? around(layer, shape);
  try {
    const result = run();
    if (development && result instanceof Promise)
      throw new MoeError('replaying', 'run must be synchronous, and not return a promise');
    return result;
  } finally {
    choosing = around;
  }
}
