/** The rule that balances a layer without a loss. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import { defineGate } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { lossFree, topK } from '@tfjs-moe/gates';
import { beforeAll, expect, test } from 'vitest';
import { type MixtureOfExperts, mixtureOfExperts } from '../../src/index.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test.each(['sign', 'centered', 'proportional'] as const)(
  'top-2 of 8 recovers from a collapse without a loss: %s',
  async (rule) => {
    const speed = rule === 'proportional' ? 1e-3 : 0.02;
    const moe = mixtureOfExperts({
      inputShape: [4],
      experts: 8,
      gate: lossFree({ gate: topK({ k: 2, weighting: 'sigmoid', selectionBias: true }), rule, speed }),
      expert: linear(),
      units: 1,
      seed: 1,
    });
    const model = sequential({ layers: [moe] });
    model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
    const routerBias = moe.weights.find(({ originalName }) => originalName.endsWith('gate/bias'))!;
    // Two experts have every token.
    routerBias.write(tf.tensor2d([5, 5, 0, 0, 0, 0, 0, 0], [8, 1]));
    const x = tf.tensor2d(drawnRows(64, 4, 1));
    const y = tf.tensor2d(drawnRows(64, 1, 2));
    const violations: number[] = [];
    for (let step = 0; step < 60; step++) {
      await model.trainOnBatch(x, y);
      violations.push((await settled(moe)).maxViolation);
    }
    expect(violations[0]).toBeGreaterThan(2.5);
    expect(Math.min(...violations)).toBeLessThan(0.5);
    tf.dispose([x, y]);
    model.dispose();
  },
);

test('under a name of one’s own it moves as under its own, and a token of NaN leaves it sound', async () => {
  const gate = lossFree({ gate: topK({ k: 1, selectionBias: true }), speed: 0.5 });
  const mine = defineGate('testBalanced', () => ({ ...gate, config: {} }));
  const biases = [gate, mine()].map((by) => {
    const moe = mixtureOfExperts({ experts: 3, gate: by, expert: linear(), units: 1, seed: 1 });
    moe.build([null, 4]);
    const optimizer = tf.train.sgd(0.1);
    const rows = drawnRows(6, 4, 1).map((row, t) => (t === 2 ? row.map(() => Number.NaN) : row));
    // What is NaN is left out of the loss, as a program would that goes on.
    optimizer.minimize(
      () => tf.sum(tf.slice(moe.call(tf.tensor2d(rows), { training: true }), [3], [3])) as tf.Scalar,
    );
    return Array.from(
      moe.weights
        .find(({ name }) => name.includes('selection_bias'))!
        .read()
        .dataSync(),
    );
  });
  expect(biases[1]).toEqual(biases[0]);
  expect(biases[0]!.every(Number.isFinite)).toBe(true);
  expect(biases[0]!.some((bias) => bias !== 0)).toBe(true);
});

async function settled(moe: MixtureOfExperts) {
  await moe.routingSettled();
  return moe.routingMetrics!;
}
