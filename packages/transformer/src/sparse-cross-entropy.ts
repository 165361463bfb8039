import * as tf from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { floats, masked, withGradient } from '@tfjs-moe/layers/writing';

/**
 * Cross-entropy of integer labels and logits, $-\tfrac1n \sum_t \log \operatorname{softmax}(z_t)_{y_t}$ in nats, a mean
 * over the labels that are not below 0: those mark what does not count, such as padding; 0 if there are no others.
 *
 * In place of one-hot labels, which take as much memory as the logits. A label that is no class makes the loss NaN.
 * @param labels [...] or [..., 1], integers of any type
 * @param logits [..., V], not normalised
 */
export function sparseCrossEntropy(labels: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  const classes = logits.shape[logits.rank - 1] ?? 0;
  const outer = logits.shape.slice(0, -1);
  const fits = tf.util.arraysEqual(labels.shape, outer) || tf.util.arraysEqual(labels.shape, [...outer, 1]);
  if (logits.rank === 0 || !fits)
    throw new MoeError(
      'sparseCrossEntropy',
      `labels must have the axes [${outer.join(', ')}] of the logits`,
      labels.shape,
    );
  return tf.tidy(() => {
    const labels_N1 = tf.reshape(floats(labels), [-1, 1]);
    const losses_N1 = lossOfRows(labels_N1, tf.reshape(logits, [-1, classes]));
    return tf.div(
      tf.sum(losses_N1),
      tf.maximum(tf.sum(floats(tf.greaterEqual(labels_N1, 0))), 1),
    ) as tf.Scalar;
  });
}

/** The loss of each row of logits, 0 where the label is below 0, whatever its logits are. */
function lossOfRows(labels_N1: tf.Tensor, logits_NV: tf.Tensor): tf.Tensor {
  const classes = logits_NV.shape[1]!;
  const isLabel = (labels: tf.Tensor) => tf.equal(labels, tf.range(0, classes, 1, 'float32'));
  const counted = (labels: tf.Tensor) => floats(tf.greaterEqual(labels, 0));
  return withGradient([logits_NV], {
    constants: [labels_N1],
    forward([logits]) {
      const shifted = tf.sub(logits!, tf.max(logits!, 1, true));
      const ofLabel = tf.sum(tf.where(isLabel(labels_N1), shifted, tf.zerosLike(shifted)), 1, true);
      const losses = tf.sub(tf.log(tf.sum(tf.exp(shifted), 1, true)), ofLabel);
      const known = tf.where(tf.less(labels_N1, classes), losses, tf.fill(losses.shape, Number.NaN));
      return masked(known, counted(labels_N1));
    },
    backward(dy, [logits], [labels]) {
      const slope = tf.mul(tf.sub(tf.softmax(logits!), floats(isLabel(labels!))), dy);
      return [masked(slope, counted(labels!))];
    },
  });
}
