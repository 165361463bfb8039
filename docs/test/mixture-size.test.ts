import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { ffn, gatedFfn, mixtureOfExperts, topK } from 'tfjs-moe';
import { expect, test } from 'vitest';
import { mixtureSize, type Sizes } from '../size/mixture-size.ts';

const layerOf = ({ experts, selected, width, hidden, gated }: Sizes) =>
  mixtureOfExperts({
    experts,
    gate: topK({ k: Math.min(selected, experts) }),
    expert: (gated ? gatedFfn : ffn)({ hiddenUnits: hidden, ...(gated && { useBias: false }) }),
    units: width,
    inputShape: [width],
  });

test('the calculator counts what a layer counts', () => {
  const small = fc.integer({ min: 1, max: 9 });
  const sizes = fc.record({
    layers: small,
    experts: small,
    selected: small,
    width: small,
    hidden: small,
    gated: fc.boolean(),
  });
  fc.assert(
    fc.property(sizes, (given) => {
      const layer = layerOf(given);
      layer.build([null, given.width]);
      const counted = mixtureSize(given);
      expect(counted.parameters).toBe(given.layers * layer.countParams());
      expect(counted.active).toBeLessThanOrEqual(counted.parameters);
      if (given.selected >= given.experts) expect(counted.active).toBe(counted.parameters);
      tf.dispose(layer.weights.map((weight) => weight.read()));
    }),
    { numRuns: 40 },
  );
});

test('Adam holds what it says, the gradients of a step aside', async () => {
  await tf.setBackend('cpu');
  const sizes = { layers: 1, experts: 4, selected: 2, width: 8, hidden: 16, gated: false };
  const before = tf.memory().numBytes;
  const model = tf.sequential({ layers: [layerOf(sizes)] });
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  await model.trainOnBatch(tf.ones([3, 8]), tf.ones([3, 8]));
  const { parameters, trainingBytes } = mixtureSize(sizes);
  const held = tf.memory().numBytes - before;
  // The batch, the loss and a few numbers of the optimiser and of the metrics are the rest.
  expect(held).toBeGreaterThan(trainingBytes - 4 * parameters);
  expect(held).toBeLessThan(trainingBytes - 4 * parameters + 1000);
  model.dispose();
});
