/**
 * Balance losses with logarithms of probabilities that may be 0, written without an epsilon.
 */
import * as tf from '@tensorflow/tfjs-core';
import { stream } from '@tfjs-moe/core';
import { describe, expect, test } from 'vitest';
import { defineBalanceLoss } from '../../src/index.ts';
import { tokenOps } from '../../src/interpretation/token-ops.ts';
import { testBalanceLoss } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';
import { batchB, expectValue } from './golden-batches.ts';

/**
 * $\frac1E\sum_e (q_e \log q_e - q_e + 1)$ with $q_e = E \bar P_e$: $\log E$ less the entropy of the mean probabilities,
 * as a sum of terms that are not negative, so that little is lost where all are nearly even.
 */
const entropyLoss = defineBalanceLoss('ownEntropyLoss', ({ weight = 0.01 }: { weight?: number } = {}) => ({
  config: {},
  weight,
  value(ops, { probabilities }, { experts }) {
    const q = ops.mul(ops.constant(experts), ops.meanTokens(probabilities));
    const excess = ops.add(ops.sub(ops.mul(q, ops.log(q)), q), ops.constant(1));
    return ops.mul(ops.constant(1 / experts), ops.sumExperts(excess));
  },
}));

/** $-\frac1T\sum_{te} p_{te} \log p_{te}$: how undecided the gate is about a token. */
const indecision = defineBalanceLoss('ownIndecision', ({ weight = 0.01 }: { weight?: number } = {}) => ({
  config: {},
  weight,
  value: (ops, { probabilities: p }) =>
    ops.sub(ops.constant(0), ops.meanTokens(ops.sumExperts(ops.mul(p, ops.log(p))))),
}));

onEveryBackend(() => {
  const runner = { describe, test };
  testBalanceLoss(runner, entropyLoss(), { atOneExpert: 0 });
  testBalanceLoss(runner, indecision(), { atOneExpert: 0 });

  test('an expert that nobody is sent to counts 0, with a finite gradient', () => {
    const rows = batchB.probabilities.map((row) => row.map((_, e) => (e === 1 ? 1 : 0)));
    expectValue(entropyLoss(), { ...batchB, probabilities: rows }, Math.log(4));
    expectValue(indecision(), { ...batchB, probabilities: rows }, 0);
    tf.tidy(() => {
      const logits = tf.tensor2d([[200, 0, -200]]);
      const entropy = (z: tf.Tensor) => {
        const p = tf.softmax(z as tf.Tensor2D);
        return tf.neg(tf.sum(tf.mul(p, tokenOps({ random: stream(0) }).log(p)))) as tf.Scalar;
      };
      const { value, grad } = tf.valueAndGrad(entropy)(logits);
      expect(value.dataSync()[0]).toBeCloseTo(0, 6);
      expect(Array.from(grad.dataSync()).every(Number.isFinite)).toBe(true);
    });
  });
});
