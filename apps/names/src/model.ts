import * as tf from '@tensorflow/tfjs';
import { stream } from '@tfjs-moe/core';
import { causalSelfAttention, rmsNorm } from '@tfjs-moe/transformer';
import { ffn, mixtureOfExperts, switchLoss, topK } from 'tfjs-moe';

export type NetworkName = 'mixture' | 'dense';

export interface Sizes {
  readonly characters: number;
  readonly features: number;
  readonly blocks: number;
  readonly experts: number;
  /** Hidden units of one expert; the dense network has twice as many, as a character has two experts. */
  readonly hidden: number;
}

/** Parameters that take part in the prediction of one character. */
export function activeParameters(network: NetworkName, model: tf.LayersModel, sizes: Sizes): number {
  const { features, hidden, experts, blocks } = sizes;
  const ofExpert = 2 * features * hidden + hidden + features;
  return model.countParams() - (network === 'mixture' ? blocks * (experts - 2) * ofExpert : 0);
}

const HEADS = 4;

/** From characters [batch, length] to the logits of the next ones; the networks differ in their feed-forward parts. */
export function buildModel(network: NetworkName, sizes: Sizes, seed: number): tf.LayersModel {
  const { characters, features, blocks } = sizes;
  const inputs = tf.input({ shape: [null] });
  const embeddingsInitializer = tf.initializers.randomNormal({
    stddev: 0.1,
    seed: drawnSeed(seed, 'embedding'),
  });
  let h = apply(
    tf.layers.embedding({ inputDim: characters, outputDim: features, embeddingsInitializer }),
    inputs,
  );
  for (let block = 1; block <= blocks; block++) {
    const feedForward = network === 'mixture' ? mixture(sizes, seed, block) : dense(sizes, seed, block);
    const attention = causalSelfAttention({ heads: HEADS, seed: drawnSeed(seed, `attention${block}`) });
    for (const parts of [[attention], feedForward])
      h = tf.layers
        .add()
        .apply([h, [rmsNorm(), ...parts].reduce((x, part) => apply(part, x), h)]) as tf.SymbolicTensor;
  }
  return tf.model({
    inputs,
    outputs: apply(denseLayer(characters, 'linear', seed, 'head'), apply(rmsNorm(), h)),
  });
}

function mixture({ experts, hidden }: Sizes, seed: number, block: number): tf.layers.Layer[] {
  return [
    mixtureOfExperts({
      name: `block${block}`,
      experts,
      gate: topK({ k: 2 }),
      expert: ffn({ hiddenUnits: hidden, activation: 'relu' }),
      balance: [switchLoss({ weight: 0.01 })],
      seed: drawnSeed(seed, `mixture${block}`),
    }),
  ];
}

function dense({ features, hidden }: Sizes, seed: number, block: number): tf.layers.Layer[] {
  return [
    denseLayer(2 * hidden, 'relu', seed, `inner${block}`),
    denseLayer(features, 'linear', seed, `outer${block}`),
  ];
}

function denseLayer(
  units: number,
  activation: 'relu' | 'linear',
  seed: number,
  name: string,
): tf.layers.Layer {
  const kernelInitializer = tf.initializers.glorotUniform({ seed: drawnSeed(seed, name) });
  return tf.layers.dense({ units, activation, kernelInitializer });
}

/** Layers of one name start alike in both networks. */
function drawnSeed(seed: number, name: string): number {
  return stream(seed, 'names', name).integer(2 ** 31);
}

function apply(layer: tf.layers.Layer, x: tf.SymbolicTensor): tf.SymbolicTensor {
  return layer.apply(x) as tf.SymbolicTensor;
}
