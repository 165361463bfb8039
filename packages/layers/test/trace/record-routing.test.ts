import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { minP, softMoe, softmax, topK, topP } from '@tfjs-moe/gates';
import { beforeAll, describe, expect, test } from 'vitest';
import '../../src/soft.ts';
import { compositions } from '../../src/testing/compositions.ts';
import { recordCalls, recordRouting, replayCalls, replayTrace, tracePlan } from '../../src/trace/index.ts';
import { onEveryBackend } from '../backends.ts';
import { FEATURES, moe, ranked, rows } from './places.ts';

// What is not told of every backend runs here.
beforeAll(() => tf.setBackend('cpu'));

onEveryBackend(() => {
  test.each(compositions)(
    'a layer in $name is recorded at every call, and replayed',
    async ({ build, inputs }) => {
      const layer = moe('moe', { units: 2 });
      const model = build(layer, FEATURES);
      const xs = Array.from({ length: inputs }, (_, i) => rows(40 + i));
      const trace = await recordRouting(model, xs);
      // The innermost one; layers are renamed where they are experts.
      const own = trace.filter((call) => call.layer === trace.at(-1)!.layer);
      expect(own.map(({ call }) => call)).toEqual(xs.map((_, i) => i));
      // The last branch of a model may be computed first.
      const expected = xs.map((x) => JSON.stringify(ranked(layer, x, 2))).sort();
      expect(own.map(({ choices }) => JSON.stringify(choices)).sort()).toEqual(expected);
      if (trace.length > own.length) return;
      const output = replayTrace(model, trace, xs) as tf.Tensor;
      expect(output.dataSync()).toEqual((model.apply(xs) as tf.Tensor).dataSync());
    },
  );

  test('all layers of a model, with labels, stage and step', async () => {
    const inner = sequential({ layers: [layers.inputLayer({ inputShape: [FEATURES] }), moe('b')] });
    const model = sequential({ layers: [moe('a', { inputShape: [FEATURES] }), inner as never, moe('c')] });
    const labels = ['x', 'y', 'x', 'y', 'x', 'y'];
    const trace = await recordRouting(model, rows(1), { step: 3, stage: 'eval', block: 'tail', labels });
    expect(trace.map(({ layer }) => layer)).toEqual(['a', 'b', 'c']);
    for (const call of trace)
      expect(call).toMatchObject({ step: 3, stage: 'eval', block: 'tail', call: 0, experts: 4, labels });
    const choices = trace.map(({ choices }) => JSON.stringify(choices));
    expect(new Set(choices).size).toBe(3);
  });

  test('weights and margins are those of the plan, and weights can be left out', async () => {
    const [layer, x] = [moe('moe'), rows(2)];
    const [traced] = await recordRouting(layer, x);
    const plan = layer.route(x);
    const [weights, logits] = [plan.weights_TE.arraySync(), plan.logits_TE.arraySync()];
    traced!.choices.forEach((chosen, t) => {
      expect(traced!.weights![t]).toEqual(chosen!.map((e) => Number(weights[t]![e]!.toPrecision(9))));
      const sorted = [...logits[t]!].sort((a, b) => b - a);
      expect(traced!.margins![t]).toBeCloseTo(sorted[1]! - sorted[2]!, 6);
    });
    const { step: _, ...same } = traced!;
    expect(await tracePlan(plan, { layer: 'moe' })).toMatchObject(same);
    expect(await recordRouting(layer, x, { weights: false })).not.toHaveProperty('0.weights');
  });

  test('padding is null, whatever hands over the mask', async () => {
    const x = tf.tensor3d([
      [
        [1, 2, 3, 4, 5],
        [0, 0, 0, 0, 0],
      ],
      [
        [-1, 2, 0, 1, 1],
        [3, 1, 1, 0, 2],
      ],
    ]);
    const model = sequential({
      layers: [layers.masking({ maskValue: 0, inputShape: [2, FEATURES] }), moe('moe')],
    });
    const [inModel] = await recordRouting(model, x, { labels: ['a', 'b', 'c', 'd'] });
    const mask = tf.tensor2d([
      [1, 0],
      [1, 1],
    ]);
    const [alone] = await recordRouting(moe('moe'), x, { mask });
    for (const { choices, weights, margins } of [inModel!, alone!]) {
      for (const list of [choices, weights!, margins!])
        expect(list.map((entry) => entry === null)).toEqual([false, true, false, false]);
    }
    expect(inModel!.labels).toEqual(['a', null, 'c', 'd']);
  });

  test('nothing stays in memory, and nobody looks any more, also after an error', async () => {
    const [layer, x] = [moe('moe', { recordRouting: false }), rows(1)];
    tf.dispose(layer.apply(x) as tf.Tensor);
    const { numTensors } = tf.memory();
    const trace = await recordRouting(layer, x);
    tf.dispose(replayTrace(layer, trace, x));
    const broken = recordCalls(() => {
      tf.dispose(layer.apply(x) as tf.Tensor);
      throw new Error('cut off');
    });
    await expect(broken).rejects.toThrow('cut off');
    expect(() => replayTrace(layer, trace, rows(1, 3))).toThrow('6');
    tf.dispose(layer.apply(x) as tf.Tensor);
    expect(tf.memory().numTensors - numTensors).toBe(1);
  });
});

describe('gates without an order of their own', () => {
  test.each([
    ['topP', topP({ p: 0.6 })],
    ['minP', minP({ p: 0.5 })],
  ])('%s: as many experts as a token has, largest weight first', async (_, gate) => {
    const [traced] = await recordRouting(moe('moe', { gate }), rows(5, 12));
    expect(new Set(traced!.choices.map((chosen) => chosen!.length)).size).toBeGreaterThan(1);
    for (const weights of traced!.weights!) expect(weights).toEqual([...weights!].sort((a, b) => b - a));
  });

  test('softmax: all of them, and no margin', async () => {
    const [traced] = await recordRouting(moe('moe', { gate: softmax() }), rows(5));
    for (const chosen of traced!.choices) expect([...chosen!].sort()).toEqual([0, 1, 2, 3]);
    expect(traced!.margins).toEqual(Array(6).fill(null));
  });

  test('what is recorded in training has the noise of training', async () => {
    const gate = topK({ k: 1 });
    const layer = moe('moe', { gate });
    const plain = await recordRouting(layer, rows(1), { training: true });
    expect(plain[0]!.choices).toEqual(ranked(layer, rows(1), 1));
    expect(layer.trainingCalls).toBe(1);
  });
});

test('two layers of one name are told apart, by the order of their calls', async () => {
  const [first, second] = [moe('a'), moe('a', { seed: 4 })];
  const run = () => second.apply(first.apply(rows(1))) as tf.Tensor;
  const trace = await recordCalls(() => tf.dispose(run()));
  expect(trace.map(({ layer }) => layer)).toEqual(['a', 'a#2']);
  expect(trace[0]!.choices).toEqual(ranked(first, rows(1), 2));
  expect(replayCalls(trace, run).dataSync()).toEqual(run().dataSync());
});

describe('what cannot be recorded is refused by name', () => {
  test.each([
    [
      'mixes tokens',
      () => recordRouting(moe('soft', { gate: softMoe() }), tf.reshape(rows(1), [2, 3, FEATURES])),
    ],
    [
      'labels must be one per token of layer moe (6). Received: 2',
      () => recordRouting(moe('moe'), rows(1), { labels: ['a', 'b'] }),
    ],
  ])('%s', async (message, record) => {
    await expect(record()).rejects.toThrow(message);
  });

  test.each([
    ['model must be', () => recordRouting(null as never, rows(1))],
    ['must be a function', () => recordCalls(undefined as never)],
    ['unknown option', () => recordCalls(() => {}, { label: [] } as never)],
  ])('%s', (message, record) => {
    expect(record).toThrow(message);
  });
});
