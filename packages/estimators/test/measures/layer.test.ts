/** Measures against trained layers: here, because `measures` stands below what layers are tested with. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import { constant, ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, mlpRouter, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { mixtureOfExperts, sharedExperts } from '@tfjs-moe/layers';
import { canonical, layerOptions, measureFromLayer, predict, weightsForLayer } from '@tfjs-moe/measures';
import { beforeAll, describe, expect, test } from 'vitest';
import { nameOf, randomMeasure, randomRows } from '../../../measures/test/measures.ts';

beforeAll(() => tf.setBackend('cpu'));

const rows = randomRows(40, 3);
let next = 0;
const gates = [
  softmax(),
  temperature({ router: mlpRouter({ hiddenUnits: 2 }) }),
  topK({ k: 2, weighting: sigmoid(), selectionBias: true }),
  hierarchical({ groups: 2 }),
];
const experts = [linear(), constant(), ffn({ hiddenUnits: [4], activation: 'gelu' })];

describe('a measure and a layer', () => {
  const pairs = gates.flatMap((gate) =>
    experts.map((expert) => [nameOf(gate), nameOf(expert), gate, expert] as const),
  );
  test.each(pairs)('say the same, there and back: %s, %s', async (_, __, gate, expert) => {
    const measure = randomMeasure(gate, expert, { inputDim: 3, units: 2 });
    // A name that looks like the beginning of a weight's.
    const layer = mixtureOfExperts({ ...layerOptions(measure), name: `gate${next++}`, seed: 1 });
    const x = tf.tensor2d(rows);
    layer.apply(x);
    const weights = weightsForLayer(measure);
    layer.weights.forEach(({ originalName }, i) => {
      expect(originalName.endsWith(`/${weights[i]!.name}`)).toBe(true);
    });
    layer.setWeights(weights.map(({ values, shape }) => tf.tensor(values, shape)));
    const y = (layer.apply(x) as tf.Tensor).dataSync();
    predict(measure, rows).forEach((mean, i) => {
      expect(Math.abs(y[i]! - mean)).toBeLessThan(2e-5 * Math.max(1, Math.abs(mean)));
    });
    const back = await measureFromLayer(layer);
    expect([back.inputDim, back.units, back.experts]).toEqual([3, 2, 4]);
    for (const part of ['gateParams', 'expertParams'] as const) {
      for (const [name, numbers] of Object.entries(measure[part])) {
        expect(back[part][name]).toEqual(numbers.map(Math.fround));
      }
    }
  });
});

test('a layer with shared experts is no measure', async () => {
  const layer = mixtureOfExperts({
    experts: 2,
    gate: softmax(),
    expert: linear(),
    shared: sharedExperts({ expert: linear() }),
    inputShape: [3],
  });
  layer.build([null, 3]);
  await expect(measureFromLayer(layer)).rejects.toThrow(
    '[tfjs-moe] measureFromLayer: the layer has shared experts',
  );
});

describe('a trained layer', () => {
  test('becomes a measure that predicts as the model does', async () => {
    const layer = mixtureOfExperts({
      experts: 3,
      gate: topK({ k: 2 }),
      expert: ffn({ hiddenUnits: 4 }),
      units: 1,
      seed: 3,
      inputShape: [3],
    });
    const model = sequential({ layers: [layer] });
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    const x = tf.tensor2d(rows);
    const y = tf.tensor2d(rows.map(([a, b]) => [Math.abs(a!) - b!]));
    await model.fit(x, y, { epochs: 5, verbose: 0 });
    const measure = await measureFromLayer(layer);
    const said = (model.predict(x) as tf.Tensor).dataSync();
    for (const of of [measure, canonical(measure)]) {
      predict(of, rows).forEach((mean, i) => {
        expect(said[i]!).toBeCloseTo(mean, 4);
      });
    }
  });

  test('brings a parameter into its box, as the layer does', async () => {
    const layer = mixtureOfExperts({
      experts: 2,
      gate: temperature({ minTemperature: 0.5 }),
      expert: linear(),
      units: 1,
      seed: 3,
    });
    layer.apply(tf.zeros([1, 3]));
    layer.setGateParameter('temperature', 0.1);
    expect((await measureFromLayer(layer)).gateParams.temperature).toEqual([0.5]);
  });
});

describe('errors', () => {
  test('name what is missing', async () => {
    const layer = mixtureOfExperts({ experts: 2, gate: softmax(), expert: linear(), seed: 1 });
    await expect(measureFromLayer(layer)).rejects.toThrow('the layer must be built');
    await expect(measureFromLayer({ getConfig: () => ({}), weights: [] })).rejects.toThrow(
      'the layer must be a MixtureOfExperts',
    );
  });
});
