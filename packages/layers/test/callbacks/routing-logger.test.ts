import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import { sequential } from '@tensorflow/tfjs-layers';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { mixtureOfExperts, routingLogger } from '../../src/index.ts';
import '../backends.ts';

beforeEach(() => tf.setBackend('cpu'));

function compiled() {
  const layer = mixtureOfExperts({
    experts: 3,
    gate: topK({ k: 2 }),
    expert: linear(),
    units: 1,
    seed: 1,
    inputShape: [2],
  });
  const model = sequential({ layers: [layer] });
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
  return { layer, model };
}

const xs = () => tf.tensor2d(drawnRows(10, 2, 1));
const ys = () => tf.zeros([10, 1]);
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

describe('the history', () => {
  test('has the routing of every batch of a fit, and a new fit begins anew', async () => {
    const { layer, model } = compiled();
    const logger = routingLogger({ layer });
    const options = { epochs: 2, batchSize: 4, shuffle: false, verbose: 0, callbacks: [logger] };
    await model.fit(xs(), ys(), options);
    expect(logger.history.map(({ epoch, step, tokens }) => [epoch, step, tokens])).toEqual([
      [0, 0, 4],
      [0, 1, 4],
      [0, 2, 2],
      [1, 3, 4],
      [1, 4, 4],
      [1, 5, 2],
    ]);
    for (const { load, importance } of logger.history) {
      expect(sum(load)).toBeCloseTo(2, 6);
      expect(sum(importance)).toBeCloseTo(1, 6);
    }
    await model.fit(xs(), ys(), { ...options, epochs: 1 });
    expect(logger.history.map(({ step }) => step)).toEqual([0, 1, 2]);
  });

  test('is of training batches alone, also where there is validation', async () => {
    const { layer, model } = compiled();
    const logger = routingLogger({ layer });
    await model.fit(xs(), ys(), {
      epochs: 2,
      batchSize: 10,
      verbose: 0,
      callbacks: [logger],
      validationData: [tf.ones([3, 2]), tf.ones([3, 1])],
    });
    expect(logger.history.map(({ tokens }) => tokens)).toEqual([10, 10]);
  });

  test('is kept under fitDataset too', async () => {
    const { layer, model } = compiled();
    const logger = routingLogger({ layer });
    const batches = data.zip({ xs: data.array(drawnRows(6, 2, 1)), ys: data.array(drawnRows(6, 1, 2)) });
    await model.fitDataset(batches.batch(2), { epochs: 2, verbose: 0, callbacks: [logger] });
    expect(logger.history.map(({ epoch, step }) => [epoch, step])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 3],
      [1, 4],
      [1, 5],
    ]);
  });

  test('covers a run of any length evenly, within the limit', async () => {
    const { layer } = compiled();
    tf.tidy(() => layer.call(xs(), { training: true }));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 1, max: 300 }),
        async (limit, steps) => {
          const logger = routingLogger({ layer, limit });
          await logger.onTrainBegin();
          await logger.onEpochBegin(0);
          for (let step = 0; step < steps; step++) await logger.onBatchEnd(step);
          const kept = logger.history.map(({ step }) => step);
          expect(kept.length).toBeLessThanOrEqual(limit);
          // Evenly: every stride-th step from the first to within a stride of the last.
          const stride = kept.length > 1 ? kept[1]! : steps;
          expect(kept).toEqual(Array.from({ length: Math.ceil(steps / stride) }, (_, i) => i * stride));
          // No sparser than the limit asks for: with half the stride there would be too many.
          if (stride > 1 && kept.length > 1) expect(Math.ceil(steps / (stride / 2))).toBeGreaterThan(limit);
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });
});

test('refuses what is not a layer of experts, and a limit of one', () => {
  expect(() => routingLogger({ layer: 'moe' as never })).toThrow(
    '[tfjs-moe] routingLogger: layer must be a MixtureOfExperts layer, one with several tasks, a model with such layers, or several. Received: "moe".',
  );
  const silent = mixtureOfExperts({
    experts: 2,
    gate: 'softmax',
    expert: linear(),
    inputShape: [2],
    recordRouting: false,
  });
  expect(() => routingLogger({ layer: silent })).toThrow(
    'must record its routing, so not be made with recordRouting: false',
  );
  const { layer } = compiled();
  expect(() => routingLogger({ layer, limit: 1 })).toThrow(
    '[tfjs-moe] routingLogger: limit must be an integer of at least 2. Received: 1.',
  );
  expect(() => routingLogger({ layer, every: 2 } as never)).toThrow(/unknown option "every"/);
});
