/** Layers with given numbers for their weights, and their calls, for the suites that compare them with the oracle. */
import * as tf from '@tensorflow/tfjs-core';
import type { Expert, Gate } from '@tfjs-moe/core';
import type { MixedExperts } from '../experts/bank-of.ts';
import type { SharedExperts } from '../extensions/shared-experts.ts';
import { type MixtureOfExperts, mixtureOfExperts } from '../mixture-of-experts.ts';
import type { LayerData } from './float64-layer.ts';
import { readWeight } from './layer-assertions.ts';

/** A layer whose weights are `data`. */
export function layerWith(
  data: LayerData,
  args: {
    experts: number;
    gate: Gate;
    expert: Expert | MixedExperts;
    units: number;
    dispatch: 'auto' | 'dense' | 'capacity' | 'grouped' | 'soft';
    shared?: SharedExperts;
  },
  tokens: number,
  inputDim: number,
): MixtureOfExperts {
  const { dispatch, ...rest } = args;
  const layer = mixtureOfExperts({
    ...rest,
    ...(dispatch !== 'soft' && { dispatch }),
    ...(args.dispatch === 'capacity' ? { capacity: tokens } : {}),
    seed: 0,
    name: 'moe',
    recordRouting: false,
  });
  layer.build([null, inputDim]);
  writeWeights(layer, data);
  return layer;
}

/** The numbers of some tensors, read as every backend can: WebGPU has no synchronous reading. */
export async function numbersOf(compute: () => tf.Tensor[]): Promise<ArrayLike<number>[]> {
  const tensors = tf.tidy(compute);
  const numbers = await Promise.all(tensors.map((tensor) => tensor.data()));
  tf.dispose(tensors);
  return numbers;
}

export function disposeWeights(layer: MixtureOfExperts): void {
  tf.dispose(layer.weights.map((weight) => weight.read()));
}

/** @param sequences number of sequences that the tokens are; without it the layer is given the tokens alone */
export function call(
  layer: MixtureOfExperts,
  x: tf.Tensor,
  mask: readonly number[] | undefined,
  sequences?: number,
): tf.Tensor {
  const [tokens, features] = x.shape as [number, number];
  const outer = sequences ? [sequences, tokens / sequences] : [tokens];
  const input = tf.reshape(x, [...outer, features]);
  const y = layer.call(input, mask === undefined ? {} : { mask: tf.tensor([...mask], outer) });
  return tf.reshape(y, [tokens, -1]);
}

/** Gives a layer the numbers of `data`. */
export function writeWeights(layer: MixtureOfExperts, data: LayerData): void {
  for (const weight of layer.weights) {
    tf.tidy(() => {
      weight.write(tf.tensor(Float32Array.from(data[readWeight(weight)]!), weight.shape as number[]));
    });
  }
}
