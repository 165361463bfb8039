import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import { floats } from '@tfjs-moe/layers/writing';
import { countedOf, sparseCrossEntropy, sparseCrossEntropyOfRows } from './sparse-cross-entropy.ts';

/** Options of `compileSparse`: those of `compile`, whose loss is decided. */
export interface CompileSparseOptions {
  readonly optimizer: tf.Optimizer | string;
  /** Names of metrics, of which `accuracy` is one: the share of labels that count. Default none. */
  readonly metrics?: readonly string[];
}

/**
 * Compiles a model whose one output are logits [..., V] for integer labels: `fit`, `trainOnBatch` and `evaluate` then
 * take labels [..., 1] and minimise `sparseCrossEntropy`. Labels of one a row [N, 1] may have a `classWeight` in `fit`, as
 * with the losses of tfjs.
 *
 * `compile` alone has no way to: tfjs wants labels in the shape of the output for any loss but its own
 * `sparseCategoricalCrossentropy`, which wants probabilities, and labels of float32. A model saved with its optimiser
 * comes back with that one, so compile it again.
 */
export function compileSparse(model: LayersModel, options: CompileSparseOptions): void {
  const who = 'compileSparse';
  expectKnownOptions(who, options, ['optimizer', 'metrics']);
  // A sequential model has its outputs only once it is built, which compile does.
  const outputs = model?.outputs?.length;
  if (outputs === undefined || outputs > 1)
    throw new MoeError(who, 'the model must have one output', outputs ?? model);
  const { optimizer, metrics = [] } = options;
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: [...metrics] });
  // A sequential model trains the model that it holds.
  const compiled = (model as { model?: LayersModel }).model ?? model;
  // The shape of the labels is decided by now, and is that of the loss that was named.
  compiled.lossFunctions[0] = lossOfSamples;
  compiled.metricsNames.slice(1).forEach((name, i) => {
    if (name === 'acc') compiled.metricsTensors[i] = [accuracy, 0];
    if (name === 'ce') compiled.metricsTensors[i] = [sparseCrossEntropy, 0];
  });
}

/** Of a sample each where it has one label, since tfjs multiplies it with the weight of its class; its mean is the loss. */
function lossOfSamples(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  if (logits.rank !== 2) return sparseCrossEntropy(labels, logits);
  const { losses_N1, counted_N1 } = sparseCrossEntropyOfRows(labels, logits);
  const share = tf.div(logits.shape[0]!, tf.maximum(tf.sum(counted_N1), 1));
  return tf.mul(tf.reshape(losses_N1, [-1]), share);
}

/** Padding, which is no class, would count as wrong with the accuracy of tfjs. */
function accuracy(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  const chosen = floats(tf.argMax(logits, -1));
  const given = tf.reshape(floats(labels), chosen.shape);
  const hits = floats(tf.equal(chosen, given));
  // A label is at least 0, and so is what was chosen: padding is never hit.
  return tf.div(tf.sum(hits), tf.maximum(tf.sum(countedOf(given)), 1));
}
