/**
 * The two networks: alike but for one block, which is a mixture of experts in one and a dense block in the other.
 *
 * 784 pixels -> 128 features -> features + block(features) -> 10 digits. The dense block has one hidden layer, as wide
 * as it takes to compute with as many parameters per image as the mixture does; a mixture of more experts than it uses
 * for an image has more parameters in all, at the same cost.
 */
import * as tf from '@tensorflow/tfjs';
import { type Expert, stream } from '@tfjs-moe/core';
import { type MixtureOfExperts, mixtureOfExperts, switchLoss } from 'tfjs-moe';
import { DIGITS, PIXELS } from './batches.ts';
import { chooseExpert, chooseGate } from './choices.ts';
import type { NetworkName } from './history.ts';
import type { Options } from './options.ts';
import { activeParameters, denseParameters, matchingWidth } from './parameter-count.ts';

export interface Network {
  readonly label: string;
  readonly model: tf.LayersModel;
  readonly optimizer: tf.Optimizer;
  /** Parameters that take part in one image's prediction. */
  readonly activeParameters: number;
  readonly totalParameters: number;
}

export interface Networks extends Readonly<Record<NetworkName, Network>> {
  /** The mixture. */
  readonly layer: MixtureOfExperts;
  /** From pixels to what the mixture is given. */
  readonly features: tf.LayersModel;
  readonly expert: Expert;
  /** Experts per image. */
  readonly expertsPerImage: number;
}

/** Features that the block works on. */
const FEATURES = 128;

/** Metrics that training reads; the model's own loss contains the balance losses. */
const metrics = ['categoricalCrossentropy', 'accuracy'];

type Block = (features: tf.SymbolicTensor) => tf.SymbolicTensor;

export function buildNetworks(options: Options): Networks {
  const { experts, seed } = options;
  const gate = chooseGate(options);
  const expert = chooseExpert(options);
  const layer = mixtureOfExperts({
    name: 'mixture',
    experts,
    gate,
    expert,
    units: FEATURES,
    balance: options.balance > 0 ? [switchLoss({ weight: options.balance })] : [],
    seed,
  });
  const inBlock = activeParameters(gate, expert, { experts, inputs: FEATURES, units: FEATURES });
  const hidden = matchingWidth(inBlock, (width) => denseParameters([FEATURES, width, FEATURES]));
  const dense = denseBlock(hidden, seed);
  const outside = denseParameters([PIXELS, FEATURES]) + denseParameters([FEATURES, DIGITS]);
  const mixture = network('mixture', options, inBlock + outside, (x) => layer.apply(x) as tf.SymbolicTensor);
  return {
    layer,
    expert,
    features: tf.model({ inputs: mixture.model.inputs, outputs: mixture.model.getLayer('features').output }),
    expertsPerImage: gate.expertsPerToken(experts),
    mixture,
    dense: network('dense', options, denseParameters([FEATURES, hidden, FEATURES]) + outside, dense),
  };
}

function denseBlock(hidden: number, seed: number): Block {
  const inner = denseLayer('hidden', hidden, 'relu', seed);
  const outer = denseLayer('outer', FEATURES, 'linear', seed);
  return (features) => outer.apply(inner.apply(features)) as tf.SymbolicTensor;
}

function network(name: NetworkName, options: Options, active: number, block: Block): Network {
  const { seed } = options;
  const pixels = tf.input({ shape: [PIXELS], name: 'pixels' });
  const features = denseLayer('features', FEATURES, 'relu', seed).apply(pixels) as tf.SymbolicTensor;
  const sum = tf.layers.add({ name: 'sum' }).apply([features, block(features)]);
  const rectified = tf.layers.activation({ name: 'rectified', activation: 'relu' }).apply(sum);
  const digits = denseLayer('digits', DIGITS, 'softmax', seed).apply(rectified) as tf.SymbolicTensor;
  const model = tf.model({ name, inputs: pixels, outputs: digits });
  const optimizer = tf.train.adam();
  model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics });
  return {
    label: label(name, options),
    model,
    optimizer,
    activeParameters: active,
    totalParameters: model.countParams(),
  };
}

/** Layers of one name start alike in both networks. */
function denseLayer(
  name: string,
  units: number,
  activation: 'relu' | 'linear' | 'softmax',
  seed: number,
): tf.layers.Layer {
  const kernelInitializer = tf.initializers.glorotUniform({
    seed: stream(seed, 'digits', name).integer(2 ** 31),
  });
  return tf.layers.dense({ name, units, activation, kernelInitializer });
}

function label(name: NetworkName, { experts }: Options): string {
  return name === 'dense' ? 'dense network' : `mixture of ${experts} experts`;
}
