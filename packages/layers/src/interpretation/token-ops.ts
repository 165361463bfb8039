import * as tf from '@tensorflow/tfjs-core';
import type { Distribution, GateOps, Ops, Stream } from '@tfjs-moe/core';
import { detach } from '../tensor/detach.ts';
import { matMul } from '../tensor/mat-mul.ts';
import { normalCdf } from './activations.ts';
import { elementwise } from './elementwise.ts';
import { expertOps } from './expert-ops.ts';
import { expertReductions, spread } from './expert-reductions.ts';

/** What the interpretation knows about the batch. */
export interface TokenOpsOptions {
  /** 1 for tokens that count, 0 for padding: [T, 1, 1]. Without it every token counts. */
  readonly mask?: tf.Tensor | undefined;
  /** Where noise comes from. */
  readonly random: Stream;
}

/**
 * GateOps on tensors laid out by token: values [T, E, F], where E is 1 for inputs and T is 1 for parameters. Routers and
 * gates run here: one product scores all experts for all tokens.
 */
export function tokenOps({ mask, random }: TokenOpsOptions): GateOps<tf.Tensor> {
  const sumTokens = (a: tf.Tensor) => tf.sum(mask === undefined ? a : tf.mul(a, mask), 0, true);
  const meanTokens = (a: tf.Tensor) =>
    mask === undefined ? tf.mean(a, 0, true) : tf.div(sumTokens(a), tf.maximum(tf.sum(mask), 1));

  const shared = {
    ...elementwise,
    dot,
    affine,
    greater: (a: tf.Tensor, b: tf.Tensor) => tf.cast(tf.greater(detach(a), detach(b)), 'float32'),
    greaterOrEqual: (a: tf.Tensor, b: tf.Tensor) => tf.cast(tf.greaterEqual(detach(a), detach(b)), 'float32'),
    normalCdf,
    stopGradient: detach,
    // Drawn in JavaScript and not by the backend, so that every backend sees the same noise.
    noise: (law: Distribution, like: tf.Tensor) =>
      tf.tensor(
        Float32Array.from({ length: like.size }, () => random[law]()),
        like.shape,
      ),
    sumTokens,
    meanTokens,
    spread,
  };
  const inGroups = (groups: number): GateOps<tf.Tensor> =>
    Object.freeze<GateOps<tf.Tensor>>({
      ...shared,
      ...expertReductions(groups),
      within: (inner) => inGroups(groups * inner),
    });
  return inGroups(1);
}

/** Inputs against per-expert vectors are one product; anything else multiplies and sums. */
function dot(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (!isInput(a) || !isParam(b) || a.shape[2] !== b.shape[2]) {
    const swapped = isInput(b) && isParam(a) && a.shape[2] === b.shape[2];
    return swapped ? dot(b, a) : tf.sum(tf.mul(a, b), -1, true);
  }
  const [tokens, , features] = a.shape as [number, number, number];
  const experts = b.shape[1]!;
  const kernel = tf.transpose(tf.reshape(b, [experts, features]) as tf.Tensor2D);
  return tf.reshape(matMul(tf.reshape(a, [tokens, features]), kernel), [tokens, experts, 1]);
}

const affine: Ops<tf.Tensor>['affine'] = (x, kernel, bias, activation = 'identity') => {
  const y = product(x, kernel);
  return elementwise.activation(activation, bias === undefined ? y : tf.add(y, bias));
};

function product(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
  const [tokens, experts, features] = x.shape as [number, number, number];
  const [copies, , units] = kernel.shape as [number, number, number];
  if (copies === 1) {
    const flat = tf.reshape(x, [tokens * experts, features]);
    return tf.reshape(matMul(flat, tf.reshape(kernel, [features, units])), [tokens, experts, units]);
  }
  if (experts === 1) {
    const wide = tf.reshape(tf.transpose(kernel, [1, 0, 2]), [features, copies * units]);
    return tf.reshape(matMul(tf.reshape(x, [tokens, features]), wide), [tokens, copies, units]);
  }
  return tf.transpose(expertOps.affine(tf.transpose(x, [1, 0, 2]), kernel), [1, 0, 2]);
}

const isInput = (a: tf.Tensor): boolean => a.rank === 3 && a.shape[1] === 1;
const isParam = (a: tf.Tensor): boolean => a.rank === 3 && a.shape[0] === 1;
