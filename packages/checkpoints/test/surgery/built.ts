import * as tf from '@tensorflow/tfjs-core';
import type { MixtureOfExperts } from '@tfjs-moe/layers';
import { gatedFfn, type MixtureOfExpertsArgs, mixtureOfExperts, topK } from 'tfjs-moe';

/** Input features of the layers that are operated on. */
export const D = 4;

export const x = (): tf.Tensor2D => tf.randomNormal([30, D], 0, 1, 'float32', 11) as tf.Tensor2D;

/** A layer whose numbers are all far from 0. */
export function built(args: Partial<MixtureOfExpertsArgs> = {}): MixtureOfExperts {
  const layer = mixtureOfExperts({
    experts: 6,
    gate: topK({ k: 2 }),
    expert: gatedFfn({ hiddenUnits: 5 }),
    seed: 4,
    ...args,
  } as MixtureOfExpertsArgs);
  layer.apply(tf.zeros([1, D]));
  for (const [i, weight] of layer.weights.entries())
    weight.write(tf.randomNormal(weight.shape as number[], 0, 0.8, 'float32', i + 1));
  return layer;
}

export const outputOf = (layer: MixtureOfExperts, at: tf.Tensor): number[] =>
  tf.tidy(() => [...(layer.apply(at) as tf.Tensor).dataSync()]);

export const largest = (a: number[], b: number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
