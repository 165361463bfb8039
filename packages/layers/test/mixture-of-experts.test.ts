import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import { ffn, linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { type MixtureOfExpertsArgs, mixtureOfExperts, switchLoss } from '../src/index.ts';
import { onEveryBackend } from './backends.ts';

const good: MixtureOfExpertsArgs = {
  experts: 8,
  gate: topK({ k: 2 }),
  expert: linear(),
  name: 'moe',
  seed: 1,
};

const bad: [
  string,
  Partial<Record<keyof MixtureOfExpertsArgs, unknown>> & Record<string, unknown>,
  string,
][] = [
  ['no experts', { experts: 0 }, 'moe: experts must be an integer of at least 1. Received: 0.'],
  ['half an expert', { experts: 2.5 }, 'moe: experts must be an integer of at least 1. Received: 2.5.'],
  [
    'more choices than experts',
    { experts: 1 },
    'k must be an integer between 1 and the number of experts (1). Received: 2.',
  ],
  ['negative capacity', { capacity: -3 }, 'moe: capacity must be an integer of at least 1. Received: -3.'],
  [
    'capacity of the wrong form',
    { capacity: 'large' },
    'moe: capacity must be a number of tokens or { factor, convention, priority }. Received: "large".',
  ],
  ['a convention that is not known', { capacity: { factor: 1, convention: 'mine' } }, 'Received: "mine".'],
  ['capacity without a number', { dispatch: 'capacity' }, "dispatch 'capacity' needs a capacity"],
  [
    'capacity for a dropless dispatch',
    { dispatch: 'grouped', capacity: 4 },
    "dispatch 'grouped' never drops a token",
  ],
  [
    'an unknown dispatch',
    { dispatch: 'fast' },
    "dispatch must be one of 'auto', 'dense', 'capacity', 'grouped', or a dispatcher",
  ],
  ['no units', { units: 0 }, 'moe: units must be an integer of at least 1. Received: 0.'],
  [
    'a misspelt option',
    { balanced: [] },
    'moe: unknown option "balanced" (did you mean "balance"?); known options are experts, gate,',
  ],
  ['an unknown gate', { gate: 'topk' }, 'moe: gate: unknown gate kind (did you mean "topK"?); known kinds: '],
  [
    'an unknown expert',
    { expert: { kind: 'mlp' } },
    "import '@tfjs-moe/experts/register' (or 'tfjs-moe/register') brings every built-in one",
  ],
  [
    'a gate where an expert should be',
    { expert: topK() },
    'moe: expert: expected an expert, got the gate "topK"',
  ],
  [
    'no gate',
    { gate: undefined },
    'moe: gate: a gate must be an object, a config { kind, ... } or the name of a kind. Received: undefined.',
  ],
  ['a loss that is no list', { balance: switchLoss() }, 'moe: balance must be a list of balance losses.'],
  ['a seed that is no number', { seed: 'x' }, 'moe: seed must be a finite number. Received: "x".'],
];

test.each(bad)('refuses %s', (_name, args, message) => {
  expect(() => mixtureOfExperts({ ...good, ...args } as MixtureOfExpertsArgs)).toThrow(message);
});

onEveryBackend(() => {
  test.each([[[5, 3]], [[2, 5, 3]], [[2, 2, 5, 3]]])('takes inputs of shape %j', (shape) => {
    const layer = mixtureOfExperts({ ...good, units: 4 });
    const y = layer.apply(tf.randomNormal(shape)) as tf.Tensor;
    expect(y.shape).toEqual([...shape.slice(0, -1), 4]);
    expect(layer.computeOutputShape([null, ...shape.slice(1)])).toEqual([null, ...shape.slice(1, -1), 4]);
  });

  test('higher ranks are the same tokens in another shape', () => {
    const layer = mixtureOfExperts({ ...good, units: 4 });
    const x = tf.randomNormal([12, 3], 0, 1, 'float32', 2);
    const flat = (layer.apply(x) as tf.Tensor).dataSync();
    expect((layer.apply(tf.reshape(x, [2, 6, 3])) as tf.Tensor).dataSync()).toEqual(flat);
  });

  test('an empty batch gives an empty output', () => {
    expect((mixtureOfExperts(good).apply(tf.zeros([0, 3])) as tf.Tensor).shape).toEqual([0, 3]);
  });

  test('refuses inputs without features and with the wrong number of them', () => {
    expect(() => mixtureOfExperts(good).apply(tf.zeros([4]))).toThrow(/\[tfjs-moe\] moe: the input must be/);
    const layer = mixtureOfExperts(good);
    layer.apply(tf.zeros([4, 3]));
    expect(() => layer.apply(tf.zeros([4, 5]))).toThrow(
      /\[tfjs-moe\] moe: the input must have 3 features\. Received: 5\./,
    );
  });

  test('NaN passes by default and is refused where asked', () => {
    const x = tf.tensor2d([
      [1, 2, 3],
      [4, Number.NaN, 6],
    ]);
    const passed = Array.from((mixtureOfExperts(good).apply(x) as tf.Tensor).dataSync());
    expect(passed.slice(0, 3).every(Number.isFinite)).toBe(true);
    expect(passed.slice(3).every(Number.isNaN)).toBe(true);
    expect(() => mixtureOfExperts({ ...good, nonFinite: 'throw' }).apply(x)).toThrow(
      "[tfjs-moe] moe: the input must be finite (nonFinite: 'throw'), but 1 of 2 tokens is not, the first token 1, feature 1. Received: NaN.",
    );
  });

  test('masked tokens change nothing anywhere', () => {
    const layer = mixtureOfExperts({ ...good, capacity: 2 });
    const rows = tf.randomNormal([4, 3], 0, 1, 'float32', 4);
    const padded = tf.concat([rows, tf.fill([3, 3], Number.NaN)]);
    const mask = tf.tensor1d([1, 1, 1, 1, 0, 0, 0]);
    const alone = (layer.apply(rows) as tf.Tensor).dataSync();
    const metrics = layer.routingMetrics;
    const beside = (layer.apply(padded, { mask }) as tf.Tensor).dataSync();
    expect(Array.from(beside.slice(0, 12))).toEqual(Array.from(alone));
    expect(beside.slice(12).every((value) => value === 0)).toBe(true);
    expect(layer.routingMetrics).toEqual(metrics);
  });

  test('without a capacity, a token does not depend on the rest of the batch', () => {
    const layer = mixtureOfExperts(good);
    const x = tf.randomNormal([6, 3], 0, 1, 'float32', 8);
    const together = (layer.apply(x) as tf.Tensor2D).arraySync();
    const alone = tf
      .split(x, 6)
      .map((row) => ((layer.apply(row) as tf.Tensor2D).arraySync() as number[][])[0]);
    alone.forEach((row, t) => {
      row?.forEach((value, u) => {
        expect(value).toBeCloseTo(together[t]![u]!, 5);
      });
    });
  });

  test('permuting the experts permutes nothing in the output', () => {
    const layer = mixtureOfExperts({ ...good, expert: ffn({ hiddenUnits: 4 }) });
    const x = tf.randomNormal([6, 3], 0, 1, 'float32', 8);
    const before = (layer.apply(x) as tf.Tensor).dataSync();
    const order = tf.tensor1d([3, 1, 7, 0, 2, 6, 5, 4], 'int32');
    layer.setWeights(layer.getWeights().map((weight) => tf.gather(weight, order)));
    const after = (layer.apply(x) as tf.Tensor).dataSync();
    after.forEach((value, i) => {
      expect(value).toBeCloseTo(before[i]!, 5);
    });
  });

  test('route tells who went where', () => {
    const layer = mixtureOfExperts(good);
    const x = tf.randomNormal([5, 3], 0, 1, 'float32', 3);
    const { numTensors } = tf.memory();
    tf.tidy(() => {
      const { selected_TE, weights_TE, probabilities_TE } = layer.route(x);
      expect(selected_TE.shape).toEqual([5, 8]);
      expect(Array.from(tf.sum(selected_TE, 1).dataSync())).toEqual([2, 2, 2, 2, 2]);
      for (const total of tf.sum(weights_TE, 1).dataSync()) expect(total).toBeCloseTo(1, 5);
      for (const total of tf.sum(probabilities_TE, 1).dataSync()) expect(total).toBeCloseTo(1, 5);
    });
    // The weights, made at the first use, stay.
    expect(tf.memory().numTensors).toBe(numTensors + layer.weights.length);
  });

  test('summary names the layer and counts its parameters', () => {
    const model = sequential({ layers: [mixtureOfExperts({ ...good, units: 2, inputShape: [3] })] });
    const lines: string[] = [];
    model.summary(80, undefined, (line: string) => lines.push(line));
    expect(lines.join('\n')).toMatch(/moe \(MixtureOfExperts\)\s+\[\[null,3\]\]\s+\[null,2\]\s+96/);
  });

  test('disposing the model leaves nothing behind', () => {
    const { numTensors } = tf.memory();
    const model = sequential({ layers: [mixtureOfExperts({ ...good, inputShape: [3] })] });
    tf.dispose(model.predict(tf.tidy(() => tf.zeros([2, 3]))));
    model.dispose();
    expect(tf.memory().numTensors).toBe(numTensors + 1);
  });
});
