/** Every gate of a layer with several has state and sums of its own, moved at the same step. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { beforeAll, expect, test } from 'vitest';
import { customizedGateControl, multiGateMixtureOfExperts, switchLoss } from '../../src/index.ts';
import { countingGate } from '../state/counting-gate.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const common = { gate: countingGate(), expert: linear(), units: 1, seed: 1 };
const layers = {
  multiGateMixtureOfExperts: () => multiGateMixtureOfExperts({ ...common, tasks: ['a', 'b'], experts: 3 }),
  customizedGateControl: () =>
    customizedGateControl({ ...common, tasks: ['a', 'b'], experts: { own: 2, shared: 1 } }),
};

test.each(Object.entries(layers))('%s: batches that accumulate are one step', (_name, make) => {
  const layer = make();
  layer.build([null, 2]);
  const x = tf.tensor2d(drawnRows(5, 2, 1));
  const gradients = () =>
    tf.variableGrads(() => tf.addN(layer.call(x, { training: true }).map((y) => tf.mean(y))) as tf.Scalar)
      .grads;
  const state = (what: string) =>
    layer.weights
      .filter(({ originalName }) => originalName.endsWith(`/${what}`))
      .map((weight) => Array.from(weight.read().dataSync()));
  gradients();
  const grads = gradients();
  expect(state('updates')).toEqual([[0], [0]]);
  tf.train.sgd(0.1).applyGradients(grads);
  expect(state('updates')).toEqual([[1], [1]]);
  for (const counts of state('all')) expect(new Set(counts)).toEqual(new Set([10]));
  layer.trainableGate = false;
  tf.train.sgd(0.1).applyGradients(gradients());
  expect(state('updates')).toEqual([[1], [1]]);
});

test('a loss over the batches of a step is told what its own gate had', () => {
  const layer = multiGateMixtureOfExperts({
    ...common,
    gate: softmax(),
    tasks: 2,
    experts: 3,
    balance: [switchLoss({ over: 'step', weight: 1 })],
  });
  layer.build([null, 2]);
  const x = tf.tensor2d(drawnRows(5, 2, 1));
  const loss = () =>
    tf
      .variableGrads(() => {
        const [y] = layer.call(x, { training: true });
        return tf.add(tf.mul(tf.mean(y!), 0), layer.losses[0]!()) as tf.Scalar;
      })
      .value.dataSync()[0]!;
  // Under a dense gate every expert has every token, so the loss is 1 for each task, at every batch.
  expect([loss(), loss()]).toEqual([expect.closeTo(2, 5), expect.closeTo(2, 5)]);
});
