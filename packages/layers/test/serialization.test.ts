import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, models, sequential } from '@tensorflow/tfjs-layers';
import type { Expert, Gate } from '@tfjs-moe/core';
import { constant, ffn, gatedFfn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import { hierarchical, noisyTopK, sigmoid, softmax, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  importanceLoss,
  loadLoss,
  MixtureOfExperts,
  type MixtureOfExpertsArgs,
  mixtureOfExperts,
  switchLoss,
  zLoss,
} from '../src/index.ts';
import { testLayerLife } from '../src/testing/index.ts';
import { keptModel } from '../src/testing/layer-assertions.ts';
import { onEveryBackend } from './backends.ts';

const gates: Gate[] = [
  softmax(),
  sigmoid({ normalize: true }),
  temperature({ temperature: 2, learned: false, threshold: 0.05 }),
  topK({ k: 2, renormalize: 'afterDrop' }),
  topK({ k: 2, weighting: sigmoid(), biasInSelection: false }),
  noisyTopK({ k: 2 }),
  switchGate(),
  hierarchical({
    groups: 2,
    outer: softmax(),
    inner: topK({ k: 1, router: { kind: 'mlp', hiddenUnits: [3] } }),
  }),
  topK({ k: 1, router: { kind: 'cosine' } }),
  topK({ k: 1, router: 'euclidean' }),
];
const experts: Expert[] = [
  linear(),
  polynomial({ degree: 3 }),
  constant(),
  ffn({ hiddenUnits: [4, 3], activation: 'geluTanh' }),
  ffn({ hiddenUnits: [], outputWeights: false, activation: 'softplus' }),
  normalizedFfn({ hiddenUnits: 4, activation: 'silu' }),
  gatedFfn({ hiddenUnits: 4, kernelInitializer: 'heNormal' }),
];
beforeAll(async () => {
  await tf.setBackend('cpu');
});

const base = { experts: 4, units: 2, seed: 3, name: 'moe', inputShape: [5] };

describe.each(gates)('gate $kind $config', (gate) => {
  test('the journey through model JSON is the identity on the config', async () => {
    const layer = mixtureOfExperts({ ...base, gate, expert: linear() });
    const loaded = await throughJson(layer);
    expect(loaded.gate.config).toEqual(gate.config);
    expect(loaded.getConfig()).toEqual(layer.getConfig());
  });
});

describe.each(experts)('expert $kind $config', (expert) => {
  test('the journey through model JSON is the identity on the config', async () => {
    const layer = mixtureOfExperts({ ...base, gate: softmax(), expert });
    expect((await throughJson(layer)).getConfig()).toEqual(layer.getConfig());
  });
});

test('losses, capacity, dispatch and the other options survive the journey', async () => {
  const layer = mixtureOfExperts({
    ...base,
    gate: noisyTopK({ k: 2 }),
    expert: linear(),
    balance: [
      switchLoss({ weight: 0.5, scaling: 'sumOverK' }),
      zLoss(),
      importanceLoss({ of: 'probabilities', variance: 'sample' }),
      loadLoss({ of: 'count' }),
    ],
    capacity: { factor: 1.5, convention: 'deepspeedTop1' },
    nonFinite: 'throw',
    recordRouting: false,
    trainableGate: false,
  });
  const loaded = await throughJson(layer);
  expect(loaded.getConfig()).toEqual(layer.getConfig());
  expect(loaded.trainableWeights.map((weight) => weight.originalName)).toEqual([
    'moe/expert/kernel',
    'moe/expert/bias',
  ]);
});

test('toJSON, modelFromJSON and setWeights make the same model', async () => {
  const model = sequential({
    layers: [mixtureOfExperts({ ...base, gate: topK({ k: 2 }), expert: ffn({ hiddenUnits: 3 }) })],
  });
  const copy = await models.modelFromJSON({ modelTopology: JSON.parse(model.toJSON() as string) } as never);
  copy.setWeights(model.getWeights());
  const x = tf.randomNormal([6, 5], 0, 1, 'float32', 1);
  expect((copy.predict(x) as tf.Tensor).dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync());
});

test('names, configs and objects make the same layer', () => {
  const forms: Pick<MixtureOfExpertsArgs, 'gate' | 'expert' | 'balance'>[] = [
    { gate: 'softmax', expert: 'linear', balance: ['switchLoss'] },
    { gate: { kind: 'softmax' }, expert: { kind: 'linear' }, balance: [{ kind: 'switchLoss' }] },
    { gate: softmax(), expert: linear(), balance: [switchLoss()] },
  ];
  const [name, config, object] = forms.map((form) => mixtureOfExperts({ ...base, ...form }).getConfig());
  expect(config).toEqual(name);
  expect(object).toEqual(name);
});

test('a weights file that does not fit is refused with both shapes', () => {
  const model = sequential({ layers: [mixtureOfExperts({ ...base, gate: 'softmax', expert: 'linear' })] });
  const weights = Object.fromEntries(
    model.weights.map((weight) => [weight.originalName, tf.zeros(weight.shape as number[])]),
  );
  weights['moe/expert/kernel'] = tf.zeros([4, 5, 3]);
  expect(() => model.loadWeights(weights)).toThrow(
    '[tfjs-moe] moe: weight moe/expert/kernel has shape [4, 5, 2]. Received: [4,5,3].',
  );
});

test('a config from a newer version is refused', () => {
  const config = mixtureOfExperts({ ...base, gate: 'softmax', expert: 'linear' }).getConfig();
  expect(() =>
    MixtureOfExperts.fromConfig(MixtureOfExperts as never, { ...config, formatVersion: 5 }),
  ).toThrow(/written by a newer tfjs-moe; this one reads up to version 4\. Received: 5\./);
});

test('a model of two such layers and a residual loads by name', async () => {
  const model = sequential({
    layers: [
      mixtureOfExperts({ ...base, name: 'first', gate: topK({ k: 2 }), expert: 'linear' }),
      layers.dense({ units: 3 }),
      mixtureOfExperts({ ...base, name: 'second', gate: 'softmax', expert: constant() }),
    ],
  });
  const loaded = await loadLayersModel(await keptModel(model));
  const x = tf.tensor2d([[1, 2, 3, 4, 5]]);
  expect((loaded.predict(x) as tf.Tensor).dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync());
});

onEveryBackend(() => {
  for (const dispatch of ['dense', 'grouped', 'auto'] as const) {
    testLayerLife(
      { describe, test },
      { gate: topK({ k: 2 }), expert: ffn({ hiddenUnits: 6 }), dispatch },
      dispatch,
    );
  }
  testLayerLife(
    { describe, test },
    { gate: topK({ k: 2 }), expert: linear(), capacity: { factor: 1 } },
    'capacity',
  );
  for (const gate of gates) {
    testLayerLife(
      { describe, test },
      { gate, expert: ffn({ hiddenUnits: 4, activation: 'tanh' }), balance: [switchLoss(), zLoss()] },
      `gate ${JSON.stringify(gate.config)}`,
    );
  }
});

async function throughJson(layer: MixtureOfExperts): Promise<MixtureOfExperts> {
  const model = sequential({ layers: [layer] });
  const copy = await models.modelFromJSON({ modelTopology: JSON.parse(model.toJSON() as string) } as never);
  return copy.layers[0] as MixtureOfExperts;
}
