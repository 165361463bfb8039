import * as tf from '@tensorflow/tfjs-core';
import { expectTokenCount, type GateOps } from '@tfjs-moe/core';
import { detach } from '../tensor/detach.ts';
import { floats } from '../tensor/floats.ts';
import { comparable, lowest } from './expert-reductions.ts';

/** The operations of GateOps that look at several tokens at once. */
export type TokenReductions = Pick<
  GateOps<tf.Tensor>,
  'sumTokens' | 'meanTokens' | 'softmaxTokens' | 'topTokens'
>;

/** The tokens of a batch. */
export interface TokensKnown {
  /** 1 for tokens that count, 0 for padding: [T, 1, 1]. Without it every token counts. */
  readonly mask?: tf.Tensor | undefined;
  /** Number of tokens, for sums of what does not vary with them. Default: that of what is summed. */
  readonly tokens?: number | undefined;
}

/**
 * Sums, softmax and selection over the tokens of values [T, E, F]: over all of them, or inside each of `sequences` runs of
 * consecutive tokens.
 */
export function tokenReductions({ mask, tokens }: TokensKnown, sequences?: number): TokenReductions {
  const runs = sequences ?? 1;

  /** [T, E, F] -> [runs, E F, T / runs], with the tokens last, as softmax and selection want them. */
  function tokensLast(a: tf.Tensor): tf.Tensor3D {
    const [length, experts, features] = a.shape as [number, number, number];
    return tf.transpose(tf.reshape(a, [runs, length / runs, experts * features]), [0, 2, 1]);
  }

  const tokensFirst = (a: tf.Tensor, like: tf.Tensor) => tf.reshape(tf.transpose(a, [0, 2, 1]), like.shape);

  /** What does not vary with the tokens stands for all of them. */
  function forAll(a: tf.Tensor): tf.Tensor {
    const all = mask?.shape[0] ?? tokens ?? a.shape[0];
    return a.rank === 3 && a.shape[0] === all ? a : tf.add(a, tf.zeros([all!, 1, 1]));
  }

  function sumTokens(a: tf.Tensor): tf.Tensor {
    const valid = mask === undefined ? forAll(a) : tf.mul(a, mask);
    if (sequences === undefined) return tf.sum(valid, 0, true);
    const [all, experts, features] = valid.shape as [number, number, number];
    const length = all / runs;
    const sums = tf.sum(tf.reshape(valid, [runs, length, experts, features]), 1, true);
    return tf.reshape(tf.mul(sums, tf.ones([1, length, 1, 1])), valid.shape);
  }

  /** 1 for tokens that count and have a number, 0 for the others: [T, E, F]. */
  function sound(a: tf.Tensor): tf.Tensor {
    const isNumber = floats(tf.logicalNot(tf.isNaN(a)));
    return mask === undefined ? isNumber : tf.mul(isNumber, mask);
  }

  return {
    sumTokens,
    meanTokens(a) {
      if (mask === undefined && sequences === undefined) return tf.mean(a, 0, true);
      return tf.div(sumTokens(a), tf.maximum(sumTokens(mask ?? tf.ones([a.shape[0]!, 1, 1])), 1));
    },
    softmaxTokens(logits) {
      const counted = sound(detach(logits));
      const inside = tf.where(tf.greater(counted, 0), logits, lowest());
      const shares = tokensFirst(tf.softmax(tokensLast(inside)), logits);
      const values = detach(logits);
      // NaN where the token is NaN, and 0 for padding whatever it holds.
      return tf.where(
        tf.isNaN(values),
        mask === undefined ? values : tf.mul(values, mask),
        tf.mul(shares, counted),
      );
    },
    topTokens(scores, count) {
      const [all] = scores.shape as [number];
      const most = Math.min(expectTokenCount(count(all / runs)), all / runs);
      if (most === 0) return tf.zeros(scores.shape);
      const values = comparable(detach(scores));
      const counted =
        mask === undefined ? values : tf.where(tf.greater(mask, 0), values, Number.NEGATIVE_INFINITY);
      const open = tokensLast(counted);
      // The last of the largest is the threshold; of those that equal it the first have room.
      const largest = tf.topk(open, most).values;
      const threshold = tf.slice(largest, [0, 0, most - 1], [-1, -1, 1]);
      const above = floats(tf.greater(open, threshold));
      const equal = floats(tf.equal(open, threshold));
      const room = tf.sub(most, tf.sum(above, 2, true));
      const first = floats(tf.lessEqual(tf.cumsum(equal, 2), room));
      const chosen = tokensFirst(tf.add(above, tf.mul(equal, first)), scores);
      return mask === undefined ? chosen : tf.mul(chosen, mask);
    },
  };
}
