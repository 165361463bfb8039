import * as tf from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { type Checkpoint, floatsOf } from '../safetensors/index.ts';

/**
 * What enters the mixtures of a model, by layer: a checkpoint with a tensor [..., D] for each, in whose name the last number is
 * the layer's (`layers.3`), as a hook on the blocks of a model in Python collects it.
 */
export interface HiddenStates {
  /** @returns the tokens [T, D] of a layer, to be disposed of */
  of(layer: number, features: number): Promise<tf.Tensor2D>;
}

/** @throws MoeError for layers without hidden states, all in one */
export function hiddenStates(who: string, file: Checkpoint, layers: readonly number[]): HiddenStates {
  const byLayer = new Map<number, string>();
  for (const name of file.names) {
    const layer = Number(/(\d+)\D*$/.exec(name)?.[1] ?? Number.NaN);
    const other = byLayer.get(layer);
    if (other !== undefined && layers.includes(layer))
      throw new MoeError(who, 'hidden states must have one tensor for each layer', [other, name]);
    byLayer.set(layer, name);
  }
  const missing = layers.filter((layer) => !byLayer.has(layer));
  if (missing.length > 0) {
    const rule = `hidden states must be tensors [..., features] called layers.N, and there are none of`;
    throw new MoeError(
      who,
      rule,
      missing.map((layer) => `layers.${layer}`),
    );
  }
  return {
    async of(layer, features) {
      const tensor = await file.read(byLayer.get(layer)!);
      const isRight = tensor.shape.at(-1) === features && tensor.shape.length > 1 && tensor.bytes.length > 0;
      if (!isRight) throw new MoeError(who, `${tensor.name} must be [..., ${features}]`, tensor.shape);
      return tf.tensor2d(floatsOf(tensor), [tensor.shape.slice(0, -1).reduce((a, b) => a * b, 1), features]);
    },
  };
}

/** Says what to give, where a rule looks at what the model does. */
export function expectHiddenStates(
  who: string,
  by: string,
  given: HiddenStates | undefined,
  others: string,
): HiddenStates {
  if (given !== undefined) return given;
  const rule = `by '${by}' needs hiddenStates: what enters each mixture, a tensor layers.N [..., features] for each layer; '${others}' looks at weights alone`;
  throw new MoeError(who, rule);
}
