import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

/** A term that a layer adds to the training loss. */
export type LossFunction = () => tf.Scalar;

/** A model, as far as it matters here. */
type Container = layers.Layer & { readonly layers?: readonly layers.Layer[] };

/**
 * The terms that a layer adds to the training loss, also those that it only returns from `calculateLosses`, as models
 * and layers that hold others do: their sum is one term.
 */
export function lossesOf(layer: layers.Layer): LossFunction[] {
  // A mixture, whose losses are terms of its own.
  if ('trainableExperts' in layer) return layer.losses;
  const inside = (layer as Container).layers;
  if (inside?.every((inner) => lossesOf(inner).length === 0)) return [];
  if (layer.calculateLosses === layers.Layer.prototype.calculateLosses) return layer.losses;
  return [() => total(layer.calculateLosses())];
}

function total(losses: tf.Scalar[]): tf.Scalar {
  return losses.reduce((sum, loss) => tf.add(sum, loss), tf.scalar(0));
}
