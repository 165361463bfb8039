/** What a balance loss observes: told to the later batches of the same step of the optimiser, and to nobody after it. */
import * as tf from '@tensorflow/tfjs-core';
import type { BalanceContext } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { lossFree, softmax, topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { defineBalanceLoss, mixtureOfExperts, switchLoss } from '../../src/index.ts';
import { onEveryBackend } from '../backends.ts';

/** The number of tokens seen in the step so far, and before. */
const seenLoss = defineBalanceLoss('testSeen', ({ factor = 1 }: { factor?: number } = {}) => ({
  config: { factor },
  weight: 1,
  value: (ops, _routing, { sums }) => sums?.tokens ?? ops.constant(0),
  observe: <V>(
    ops: { sumTokens(a: V): V; constant(value: number): V },
    _routing: unknown,
    _context: BalanceContext<V>,
  ) => ({
    tokens: ops.sumTokens(ops.constant(factor)),
  }),
}));

onEveryBackend(() => {
  test('each loss is told its own, batch by batch until the step', () => {
    const layer = mixtureOfExperts({
      experts: 2,
      gate: softmax(),
      expert: linear(),
      units: 1,
      balance: [seenLoss(), seenLoss({ factor: 10 })],
      seed: 1,
    });
    const optimizer = tf.train.sgd(0.1);
    const x = tf.tensor2d(drawnRows(4, 2, 1));
    layer.build([null, 2]);
    /** The loss of a batch, and its gradient. */
    const batch = () =>
      tf.variableGrads(() => {
        const y = layer.call(x, { training: true });
        return tf.add(tf.mul(tf.mean(y), 0), layer.losses[0]!()) as tf.Scalar;
      });
    const lossOf = () => batch().value.dataSync()[0];
    expect([lossOf(), lossOf(), lossOf()]).toEqual([0, 44, 88]);
    tf.dispose(layer.call(x, { training: false }));
    expect(lossOf()).toBe(132);
    optimizer.applyGradients(batch().grads);
    expect([lossOf(), lossOf()]).toEqual([0, 44]);
  });

  test('a loss that observes nothing is told nothing, whatever else the layer observes', () => {
    const told: unknown[] = [];
    const deaf = defineBalanceLoss('testDeaf', () => ({
      config: {},
      weight: 1,
      value(ops, _routing, { sums }) {
        told.push(sums);
        return ops.constant(0);
      },
    }));
    const layer = mixtureOfExperts({
      experts: 2,
      gate: lossFree({ gate: topK({ k: 1, selectionBias: true }) }),
      expert: linear(),
      balance: [deaf(), seenLoss(), switchLoss({ weight: 1 })],
      seed: 1,
    });
    const x = tf.tensor2d(drawnRows(4, 2, 1));
    layer.build([null, 2]);
    const batch = () => {
      const y = layer.call(x, { training: true });
      return tf.add(tf.mul(tf.mean(y), 0), layer.losses[0]!()) as tf.Scalar;
    };
    const [first, second] = [batch, batch].map((each) => tf.variableGrads(each).value.dataSync()[0]!);
    expect(told.every((sums) => sums === undefined)).toBe(true);
    expect(told.length).toBeGreaterThanOrEqual(2);
    // The four tokens of the batch before, and the same loss of this batch.
    expect(second! - first!).toBeCloseTo(4, 5);
  });
});
