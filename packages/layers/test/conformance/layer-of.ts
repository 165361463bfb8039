import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { Gate } from '@tfjs-moe/core';
import { constant } from '@tfjs-moe/experts';
import { type MixtureOfExperts, type MixtureOfExpertsArgs, mixtureOfExperts } from '../../src/index.ts';

/** Weights by the end of their names. */
export type Given = Readonly<Record<string, readonly number[]>>;

/** A unit matrix, row by row. */
const unit = (size: number): number[] =>
  Array.from({ length: size ** 2 }, (_, i) => Number(i % (size + 1) === 0));

/** Gives a built layer its weights; each must be one of the layer's. */
export function write(layer: layers.Layer, given: Given): void {
  for (const [name, values] of Object.entries(given)) {
    const weight = layer.weights.find(({ originalName }) => originalName.endsWith(name));
    if (weight === undefined) throw new Error(`no weight is called ${name}`);
    tf.tidy(() => {
      weight.write(tf.tensor([...values], weight.shape as number[]));
    });
  }
}

/**
 * A layer whose tokens are their own logits, and whose expert e answers the unit vector e: its output are the weights with
 * which the experts take part.
 */
export function showing(
  gate: Gate,
  experts: number,
  given: Given = {},
  more: Partial<MixtureOfExpertsArgs> = {},
): MixtureOfExperts {
  const layer = mixtureOfExperts({ experts, gate, expert: constant(), units: experts, ...more, name: 'moe' });
  const sides = Object.keys(gate.inputs ?? {}).map(() => [null]);
  layer.build(sides.length === 0 ? [null, experts] : [[null, experts], ...sides]);
  const own = layer.weights.some(({ originalName }) => originalName.endsWith('gate/router/kernel'));
  write(layer, {
    ...(own && { 'gate/router/kernel': unit(experts) }),
    'expert/value': unit(experts),
    ...given,
  });
  return layer;
}

/** The numbers of a tensor that a function makes. */
export async function numbers(make: () => tf.Tensor): Promise<ArrayLike<number>> {
  const tensor = tf.tidy(make);
  const values = await tensor.data();
  tensor.dispose();
  return values;
}
