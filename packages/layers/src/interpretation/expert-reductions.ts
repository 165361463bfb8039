import * as tf from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import { TOP_K_MASKS } from '@tfjs-moe/core/kernels';
import { detach } from '../tensor/detach.ts';
import { floats } from '../tensor/floats.ts';
import { hasKernel, runKernel } from '../tensor/own-kernel.ts';

/**
 * Below every finite score that a router produces, above the mark of what is already taken. On WebGL `tf.max` begins at
 * -1e20, so that below it nothing would be the largest, and nobody selected.
 */
export const lowest = (): number => (tf.getBackend() === 'webgl' ? -9e19 : -3e38);

export interface ExpertReductions {
  softmax(logits: tf.Tensor): tf.Tensor;
  logSumExp(logits: tf.Tensor): tf.Tensor;
  sumExperts(a: tf.Tensor): tf.Tensor;
  topK(scores: tf.Tensor, k: number): tf.Tensor[];
  runs(a: tf.Tensor, sizes: readonly number[]): tf.Tensor[];
  joined(runs: readonly tf.Tensor[]): tf.Tensor;
}

/**
 * Softmax, sums and selection over the experts of values [T, E, F], each inside `groups` runs of consecutive experts.
 */
export function expertReductions(groups: number): ExpertReductions {
  /** [T, E, F] -> [T, groups, E / groups, F]. */
  function split(a: tf.Tensor): tf.Tensor4D {
    const [tokens, experts, features] = a.shape as [number, number, number];
    if (development && experts % groups !== 0) {
      throw new MoeError('within', `groups must divide the number of experts (${experts})`, groups);
    }
    return tf.reshape(a, [tokens, groups, experts / groups, features]);
  }

  /** The inverse of `split`, for any number of experts. */
  function flat(a: tf.Tensor): tf.Tensor {
    const [tokens, , size, features] = a.shape as [number, number, number, number];
    return tf.reshape(a, [tokens, groups * size, features]);
  }

  /** A value per group, so that it broadcasts against what it is of. */
  const reduced = (of: typeof tf.logSumExp) => (a: tf.Tensor) => {
    const perGroup = flat(of(split(a), 2, true));
    return groups === 1 ? perGroup : spread(perGroup, a);
  };

  return {
    runs: (a, sizes) => tf.split(split(a), sizes as number[], 2).map(flat),
    joined: (runs) => flat(tf.concat(runs.map(split), 2)),
    softmax(logits) {
      const [tokens, , size, features] = split(logits).shape;
      if (development && features !== 1)
        throw new MoeError('softmax', 'logits must have one feature', features);
      return tf.reshape(tf.softmax(tf.reshape(logits, [tokens * groups, size])), logits.shape);
    },
    logSumExp: reduced(tf.logSumExp),
    sumExperts: reduced(tf.sum),
    topK(scores, k) {
      const [, , size, features] = split(scores).shape;
      if (features === 1 && hasKernel(TOP_K_MASKS)) {
        const rows = tf.reshape(detach(scores), [-1, size]);
        return runKernel<tf.Tensor[]>(TOP_K_MASKS, { scores: rows }, { k }).map((mask) =>
          tf.reshape(mask, scores.shape),
        );
      }
      return largestFirst(split(comparable(detach(scores))), k).map(flat);
    },
  };
}

/** Repeats each group's value over its members: [T, G, F] -> [T, E, F] with the experts of `like`. */
export function spread(a: tf.Tensor, like: tf.Tensor): tf.Tensor {
  const [tokens, groups, features] = a.shape as [number, number, number];
  const experts = like.shape[1]!;
  if (groups === experts) return a;
  const repeated = tf.mul(tf.reshape(a, [tokens, groups, 1, features]), tf.ones([1, 1, experts / groups, 1]));
  return tf.reshape(repeated, [tokens, experts, features]);
}

/** Scores with NaN and what lies below every float in last place, so that comparisons are never undecided. */
export function comparable(scores: tf.Tensor): tf.Tensor {
  const least = lowest();
  return tf.maximum(tf.where(tf.isNaN(scores), least, scores), least);
}

/**
 * One-hot masks of the largest, second largest, ... score of each group. Built from comparisons and not from `argMax` or
 * `topk`, whose order among ties differs between backends: the lowest index wins everywhere.
 */
function largestFirst(scores_TGNF: tf.Tensor, k: number): tf.Tensor[] {
  const shape = scores_TGNF.shape as [number, number, number, number];
  const size = shape[2];
  const index = tf.reshape(tf.range(0, size), [size, 1]);
  let open = scores_TGNF;
  return Array.from({ length: k }, (_, choice) => {
    if (choice >= size) return tf.zeros(shape);
    const isLargest = tf.equal(open, tf.max(open, 2, true));
    const isFirst = tf.equal(index, tf.min(tf.where(isLargest, index, size), 2, true));
    open = tf.where(isFirst, Number.NEGATIVE_INFINITY, open);
    return floats(isFirst);
  });
}
