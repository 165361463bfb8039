import type * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { MoeError } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';

/** The shape of the only input. */
export function oneShape(who: string, shape: Shape | Shape[]): Shape {
  if (!Array.isArray(shape[0])) return shape as Shape;
  if (!development || shape.length === 1) return shape[0];
  throw new MoeError(who, 'takes one input', shape);
}

/** The only input. */
export function oneInput(who: string, inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  if (!Array.isArray(inputs)) return inputs;
  if (!development || inputs.length === 1) return inputs[0]!;
  throw new MoeError(who, 'takes one input', inputs.length);
}

/** The number of features of an input [..., D]. */
export function featuresOf(who: string, inputShape: Shape | Shape[]): number {
  const shape = oneShape(who, inputShape);
  const features = shape[shape.length - 1];
  if (shape.length >= 2 && typeof features === 'number') return features;
  throw new MoeError(who, 'the input must be [batch, ..., features] with a known number of features', shape);
}
