import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { drawnRows } from '@tfjs-moe/core/testing';
import { ffn, gatedConstant, identity, linear, zero } from '@tfjs-moe/experts';
import { sigmoid, topK } from '@tfjs-moe/gates';
import { register, unregister } from '@tfjs-moe/wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineDispatcher, groupedDispatch, mixedExperts, mixtureOfExperts } from '../src/index.ts';
import { testLayerGradients, testLayerLife } from '../src/testing/index.ts';
import { keptModel } from '../src/testing/layer-assertions.ts';
import { onEveryBackend } from './backends.ts';

const runner = { describe, test };
const parts = mixedExperts([
  { expert: ffn({ hiddenUnits: 3, activation: 'tanh' }), count: 2 },
  { expert: linear(), count: 1 },
  { expert: zero(), count: 1 },
  { expert: ffn({ hiddenUnits: [2], activation: 'silu' }), count: 2 },
]);
const ofMoePlusPlus = mixedExperts([
  { expert: ffn({ hiddenUnits: 4, activation: 'silu' }), count: 2 },
  { expert: gatedConstant(), count: 1 },
  { expert: 'identity', count: 1 },
  { expert: { kind: 'zero' }, count: 1 },
]);
const gate = topK({ k: 2, renormalize: 'never' });

const cases = () => {
  testLayerGradients(runner, gate, parts, { experts: 6 });
  testLayerGradients(runner, gate, ofMoePlusPlus, { experts: 5, inputDim: 2 });
  describe('a gate that selects all', () => testLayerGradients(runner, sigmoid(), parts, { experts: 6 }));
  describe('padding and starved parts', () =>
    testLayerGradients(runner, gate, parts, {
      experts: 6,
      tokens: 4,
      mask: [1, 0, 1, 1],
      // Nobody goes to the last experts, so that their part has no rows.
      adjust: (data) => {
        data['gate/router/bias']?.set([30, 30, 0, 0, -30, -30]);
      },
    }));
  testLayerLife(runner, { gate, expert: parts, experts: 6 }, 'mixed experts');
};

onEveryBackend((backend) => {
  cases();
  if (backend !== 'wasm') return;
  describe('without kernels', () => {
    beforeAll(() => unregister());
    afterAll(() => register());
    testLayerGradients(runner, gate, parts, { experts: 6 });
  });
});

describe('mixedExperts', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  const layer = (expert: Parameters<typeof mixtureOfExperts>[0]['expert'] = parts, more = {}) =>
    mixtureOfExperts({ experts: 6, gate, expert, units: 2, seed: 1, name: 'moe', ...more });

  test('weights are named after their part, and two parts of a kind start with other numbers', () => {
    const built = layer();
    built.build([null, 3]);
    const names = built.weights.map(({ originalName }) => originalName);
    expect(names.filter((name) => name.includes('expert/'))).toEqual([
      'expert/part_1/layer_1/kernel',
      'expert/part_1/layer_1/bias',
      'expert/part_1/layer_2/kernel',
      'expert/part_1/layer_2/bias',
      'expert/part_2/kernel',
      'expert/part_2/bias',
      'expert/part_4/layer_1/kernel',
      'expert/part_4/layer_1/bias',
      'expert/part_4/layer_2/kernel',
      'expert/part_4/layer_2/bias',
      'expert/part_3/value',
    ]);
    const twice = mixedExperts([
      { expert: 'linear', count: 3 },
      { expert: 'linear', count: 3 },
    ]);
    const twins = layer(twice);
    twins.build([null, 3]);
    const [first, second] = twins.weights
      .filter(({ originalName }) => originalName.endsWith('/kernel') && originalName.includes('part'))
      .map((weight) => [...weight.read().dataSync()]);
    expect(first).not.toEqual(second);
  });

  test('freezing the experts freezes every part', () => {
    const built = layer(parts, { trainableExperts: false });
    built.build([null, 3]);
    expect(built.trainableWeights.every(({ originalName }) => originalName.startsWith('gate/'))).toBe(true);
  });

  test('a dispatcher that does not say whose rows are whose computes the same, with the same gradients', () => {
    const silent = defineDispatcher({
      name: 'silent',
      dispatch(x_TD, plan) {
        const { offsets: _, ...dispatched } = groupedDispatch.dispatch(x_TD, plan);
        return dispatched;
      },
    });
    const x = tf.tensor2d(drawnRows(9, 3, 1));
    const [mine, theirs] = [silent, 'grouped' as const].map((dispatch) => {
      const built = layer(parts, { dispatch });
      built.apply(x);
      const { value, grads } = tf.variableGrads(
        () => tf.sum(tf.square(built.apply(x) as tf.Tensor)) as tf.Scalar,
        built.trainableWeights.map((weight) => weight.read() as tf.Variable),
      );
      const slopes = built.trainableWeights.flatMap(({ name }) => [...grads[name]!.dataSync()]);
      return [value.dataSync()[0]!, ...slopes];
    });
    mine!.forEach((number, i) => {
      expect(number).toBeCloseTo(theirs![i]!, 5);
    });
  });

  test('a part that got no token takes its place in the step of Adam, which counts variables by their place', async () => {
    const starved = layer(parts, { inputShape: [3], dispatch: 'grouped' });
    const model = sequential({ layers: [starved] });
    const bias = starved.weights.find(({ originalName }) => originalName.endsWith('gate/router/bias'));
    const away = (values: number[]) => bias?.write(tf.tensor(values, bias.shape as number[]));
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
    const [x, y] = [tf.tensor2d(drawnRows(8, 3, 1)), tf.tensor2d(drawnRows(8, 2, 2))];
    for (const values of [
      [40, 40, 0, 0, 0, 0],
      [0, 0, 40, 40, 0, 0],
      [0, 0, 0, 0, 40, 40],
    ]) {
      away(values);
      expect(await model.trainOnBatch(x, y)).toBeGreaterThan(0);
    }
  });

  test('is saved as the configs and counts of its parts', async () => {
    const config = JSON.parse(JSON.stringify(layer().getConfig()));
    expect(config.expert).toEqual({
      kind: 'mixed',
      parts: parts.parts.map(({ expert, count }) => ({ expert: expert.config, count })),
    });
    expect(layer(config.expert).getConfig().expert).toEqual(config.expert);
    const model = sequential({ layers: [layer(parts, { inputShape: [3] })] });
    const loaded = await loadLayersModel(await keptModel(model));
    expect(loaded.weights.map(({ originalName }) => originalName)).toEqual(
      model.weights.map(({ originalName }) => originalName),
    );
  });

  test('refuses what is no list of experts with counts, and counts that are not all experts', () => {
    const part = { expert: linear(), count: 2 };
    expect(() => mixedExperts([])).toThrow(
      '[tfjs-moe] mixedExperts: parts must be a list of { expert, count }',
    );
    expect(() => mixedExperts([part, { ...part, count: 0 }])).toThrow(
      '[tfjs-moe] mixedExperts: part 2: count must be an integer of at least 1. Received: 0.',
    );
    expect(() => mixedExperts([{ expert: parts as never, count: 1 }])).toThrow(
      '[tfjs-moe] mixedExperts: part 1: expert must be written in Ops',
    );
    expect(() => mixedExperts([{ expert: undefined as never, count: 1 }])).toThrow(
      '[tfjs-moe] mixedExperts: part 1: expert: an expert must be an object',
    );
    expect(() => layer(mixedExperts([part]))).toThrow(
      '[tfjs-moe] mixedExperts: all counts together must be the number of experts (6). Received: 2.',
    );
    expect(() => layer({ kind: 'mixed', parts: 3 } as never)).toThrow('parts must be a list');
    expect(() => layer(mixedExperts([{ expert: identity(), count: 6 }])).build([null, 3])).toThrow(
      '[tfjs-moe] identity: x is in the output',
    );
  });
});
