import * as tf from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { floats, masked, withGradient } from '@tfjs-moe/layers/writing';

/**
 * Cross-entropy of integer labels and logits, $-\tfrac1n \sum_t \log \operatorname{softmax}(z_t)_{y_t}$ in nats, a mean
 * over the labels that are not below 0: those mark what does not count, such as padding; 0 if there are no others.
 *
 * In place of one-hot labels, which take as much memory as the logits. A label that is no class, no whole number or NaN makes
 * the loss NaN.
 * @param labels [...] or [..., 1], integers of any type
 * @param logits [..., V], not normalised
 */
export function sparseCrossEntropy(labels: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  return tf.tidy(() => {
    const { losses_N1, counted_N1 } = sparseCrossEntropyOfRows(labels, logits);
    return tf.div(tf.sum(losses_N1), tf.maximum(tf.sum(counted_N1), 1)) as tf.Scalar;
  });
}

/** The loss of every row of logits, 0 where the label does not count, and 1 where it does. */
export function sparseCrossEntropyOfRows(
  labels: tf.Tensor,
  logits: tf.Tensor,
): { readonly losses_N1: tf.Tensor2D; readonly counted_N1: tf.Tensor2D } {
  const classes = logits.shape[logits.rank - 1] ?? 0;
  const outer = logits.shape.slice(0, -1);
  const fits = tf.util.arraysEqual(labels.shape, outer) || tf.util.arraysEqual(labels.shape, [...outer, 1]);
  if (logits.rank === 0 || !fits)
    throw new MoeError(
      'sparseCrossEntropy',
      `labels must have the axes [${outer.join(', ')}] of the logits`,
      labels.shape,
    );
  const labels_N1 = tf.reshape(floats(labels), [-1, 1]) as tf.Tensor2D;
  const losses_N1 = lossOfRows(labels_N1, tf.reshape(logits, [-1, classes])) as tf.Tensor2D;
  return { losses_N1, counted_N1: countedOf(labels_N1) as tf.Tensor2D };
}

/** 1 for labels that count: what is no number does, so that a loss is none either. */
export function countedOf(labels: tf.Tensor): tf.Tensor {
  return floats(tf.logicalNot(tf.lessEqual(labels, -1)));
}

/** The loss of each row of logits, 0 where the label is below 0, whatever its logits are. */
function lossOfRows(labels_N1: tf.Tensor, logits_NV: tf.Tensor): tf.Tensor {
  const classes = logits_NV.shape[1]!;
  const isLabel = (labels: tf.Tensor) => tf.equal(labels, tf.range(0, classes, 1, 'float32'));
  return withGradient([logits_NV], {
    constants: [labels_N1],
    forward([logits]) {
      const shifted = tf.sub(logits!, tf.max(logits!, 1, true));
      const ofLabel = tf.sum(tf.where(isLabel(labels_N1), shifted, tf.zerosLike(shifted)), 1, true);
      const losses = tf.sub(tf.log(tf.sum(tf.exp(shifted), 1, true)), ofLabel);
      const isClass = tf.logicalAnd(tf.less(labels_N1, classes), tf.equal(labels_N1, tf.floor(labels_N1)));
      const known = tf.where(isClass, losses, tf.fill(losses.shape, Number.NaN));
      return masked(known, countedOf(labels_N1));
    },
    backward(dy, [logits], [labels]) {
      const slope = tf.mul(tf.sub(tf.softmax(logits!), floats(isLabel(labels!))), dy);
      return [masked(slope, countedOf(labels!))];
    },
  });
}
