import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { expectInteger, expectKnownOptions, expectPositive, expectSize } from '@tfjs-moe/core';
import type { MixtureOfExperts } from '@tfjs-moe/layers';
import { changeOf, partsOf, type Receipt, tokensOf } from './operated.ts';

/** Options of `distilToDense`. */
export interface DistilToDenseOptions {
  /** Hidden units of the network. */
  readonly hiddenUnits: number;
  /** Its activation, by tfjs's name. Default `'relu'`. */
  readonly activation?: 'relu' | 'tanh' | 'swish' | 'sigmoid' | 'elu' | 'selu';
  /** Passes over the tokens. Default 100. */
  readonly epochs?: number;
  /** Step size of Adam. Default 0.01. */
  readonly learningRate?: number;
  /** Decides the first numbers. Default 0. */
  readonly seed?: number;
}

/** A dense network that was taught by a layer, and how far it is from it. */
export interface Distilled {
  readonly model: Sequential;
  readonly receipt: Receipt;
}

/**
 * A dense network of two layers that is trained to say what a mixture says, on tokens of which nobody has to know an answer.
 *
 * Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015), with the squared error of outputs.
 *
 * @param x tokens [..., D] like those that the network will see
 * @example const { model, receipt } = await distilToDense(moe, x, { hiddenUnits: 64 });
 */
export async function distilToDense(
  layer: MixtureOfExperts,
  x: tf.Tensor,
  options: DistilToDenseOptions,
): Promise<Distilled> {
  const who = 'distilToDense';
  expectKnownOptions(who, options, ['hiddenUnits', 'activation', 'epochs', 'learningRate', 'seed']);
  const { features, units } = await partsOf(who, layer);
  const hiddenUnits = expectSize(who, 'hiddenUnits', options.hiddenUnits);
  const epochs = expectInteger(who, 'epochs', options.epochs ?? 100, { min: 1 });
  const rate = expectPositive(who, 'learningRate', options.learningRate ?? 0.01);
  const { activation = 'relu', seed = 0 } = options;
  const initializer = (at: number) => initializers.glorotUniform({ seed: seed + at });
  const model = sequential({
    layers: [
      layers.dense({
        units: hiddenUnits,
        activation,
        inputShape: [features],
        kernelInitializer: initializer(1),
      }),
      layers.dense({ units, kernelInitializer: initializer(2) }),
    ],
  });
  const x_TD = tokensOf(who, x, features);
  const y_TU = tf.tidy(() => layer.apply(x_TD) as tf.Tensor);
  const optimizer = tf.train.adam(rate);
  model.compile({ optimizer, loss: 'meanSquaredError' });
  await model.fit(x_TD, y_TU, { epochs, verbose: 0, shuffle: false });
  const learnt = () => model.apply(x_TD) as tf.Tensor;
  const receipt = await changeOf(() => y_TU, learnt, x_TD.shape[0]);
  tf.dispose([x_TD, y_TU]);
  optimizer.dispose();
  return { model, receipt };
}
