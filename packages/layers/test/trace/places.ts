/** Models whose mixtures stand in different places, and what they are given. */
import * as tf from '@tensorflow/tfjs-core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { type MixtureOfExperts, type MixtureOfExpertsArgs, mixtureOfExperts } from '../../src/index.ts';

export const FEATURES = 5;

export function moe(name: string, args: Partial<MixtureOfExpertsArgs> = {}): MixtureOfExperts {
  return mixtureOfExperts({
    experts: 4,
    gate: topK({ k: 2 }),
    expert: ffn({ hiddenUnits: 3 }),
    units: FEATURES,
    seed: 3,
    name,
    ...args,
  });
}

export const rows = (seed: number, tokens = 6): tf.Tensor2D => tf.tensor2d(drawnRows(tokens, FEATURES, seed));

/** Of every token of a plan its experts, largest score first. */
export function ranked(layer: MixtureOfExperts, x: tf.Tensor, k: number): number[][] {
  const scores = tf.tidy(() => layer.route(x).logits_TE.arraySync());
  return scores.map((row) =>
    row
      .map((_, e) => e)
      .sort((a, b) => row[b]! - row[a]! || a - b)
      .slice(0, k),
  );
}
