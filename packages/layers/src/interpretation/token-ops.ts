import * as tf from '@tensorflow/tfjs-core';
import { type Distribution, expectSequences, type GateOps, type Ops, type Stream } from '@tfjs-moe/core';
import { detach } from '../tensor/detach.ts';
import { floats } from '../tensor/floats.ts';
import { gatherRows } from '../tensor/gather-rows.ts';
import { matMul } from '../tensor/mat-mul.ts';
import { normalCdf } from './activations.ts';
import { elementwise } from './elementwise.ts';
import { expertOps } from './expert-ops.ts';
import { expertReductions, spread } from './expert-reductions.ts';
import { type TokenReductions, type TokensKnown, tokenReductions } from './token-reductions.ts';

/** What the interpretation knows about the batch. */
export interface TokenOpsOptions extends TokensKnown {
  /** Where noise comes from. */
  readonly random: Stream;
  /** Number of sequences: equal runs of consecutive tokens. Without it the input has none. */
  readonly sequences?: number | undefined;
}

/**
 * GateOps on tensors laid out by token: values [T, E, F], where E is 1 for inputs and T is 1 for parameters. Routers and
 * gates run here: one product scores all experts for all tokens.
 */
export function tokenOps(options: TokenOpsOptions): GateOps<tf.Tensor> {
  const { random, sequences } = options;
  const shared = {
    ...elementwise,
    dot,
    affine,
    greater: (a: tf.Tensor, b: tf.Tensor) => floats(tf.greater(detach(a), detach(b))),
    greaterOrEqual: (a: tf.Tensor, b: tf.Tensor) => floats(tf.greaterEqual(detach(a), detach(b))),
    normalCdf,
    stopGradient: detach,
    // Drawn in JavaScript and not by the backend, so that every backend sees the same noise.
    noise(law: Distribution, like: tf.Tensor) {
      const values = new Float64Array(like.size);
      random[`${law}s`](values);
      return tf.tensor(new Float32Array(values), like.shape);
    },
    spread,
    expertNumbers: (experts: number) => tf.reshape(tf.range(0, experts), [1, experts, 1]),
    lookup,
  };
  const interpretation = (groups: number, overTokens: TokenReductions): GateOps<tf.Tensor> =>
    Object.freeze<GateOps<tf.Tensor>>({
      ...shared,
      ...expertReductions(groups),
      ...overTokens,
      within: (inner) => interpretation(groups * inner, overTokens),
      inSequences: () => interpretation(groups, tokenReductions(options, expectSequences(sequences))),
    });
  return interpretation(1, tokenReductions(options));
}

/** Rows of a kernel [1, n, F] by index [T, 1, 1], NaN where there is none. */
function lookup(table: tf.Tensor, index: tf.Tensor): tf.Tensor {
  const [, rows, features] = table.shape as [number, number, number];
  const wanted = tf.reshape(detach(index), [-1, 1]);
  const nearest = tf.cast(tf.clipByValue(wanted, 0, rows - 1), 'int32');
  const found = gatherRows(tf.reshape(detach(table), [rows, features]), nearest);
  const wide = tf.equal(wanted, floats(nearest));
  return tf.reshape(tf.where(wide, found, Number.NaN), [-1, 1, features]);
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
  if (copies === 1) return expertOps.affine(x, kernel);
  if (experts === 1) {
    const wide = tf.reshape(tf.transpose(kernel, [1, 0, 2]), [features, copies * units]);
    return tf.reshape(matMul(tf.reshape(x, [tokens, features]), wide), [tokens, copies, units]);
  }
  return tf.transpose(expertOps.affine(tf.transpose(x, [1, 0, 2]), kernel), [1, 0, 2]);
}

const isInput = (a: tf.Tensor): boolean => a.rank === 3 && a.shape[1] === 1;
const isParam = (a: tf.Tensor): boolean => a.rank === 3 && a.shape[0] === 1;
