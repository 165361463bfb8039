import * as tf from '@tensorflow/tfjs-core';
import type { MixtureOfExperts } from '@tfjs-moe/layers';

/** What a layer's gate says of tokens, a row for each. */
export interface RoutingArrays {
  readonly logits: readonly (readonly number[])[];
  /** 0 where an expert is not selected. */
  readonly weights: readonly (readonly number[])[];
  /** 0 or 1. */
  readonly selected: readonly (readonly number[])[];
}

/** Routes tokens [T, D] as in evaluation. */
export async function routingArrays(layer: MixtureOfExperts, x_TD: tf.Tensor2D): Promise<RoutingArrays> {
  const { logits_TE, weights_TE, selected_TE, ...rest } = layer.route(x_TD);
  try {
    const [logits, weights, selected] = await Promise.all([
      logits_TE.array(),
      weights_TE.array(),
      selected_TE.array(),
    ]);
    return { logits, weights, selected };
  } finally {
    tf.dispose([logits_TE, weights_TE, selected_TE, rest as never]);
  }
}
