/** The rule that balances a layer without a loss. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
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

async function settled(moe: MixtureOfExperts) {
  await moe.routingSettled();
  return moe.routingMetrics!;
}
