import { defineGate } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import {
  hierarchical,
  mlpRouter,
  noisyTopK,
  sigmoid,
  softmax,
  switchGate,
  temperature,
  topK,
} from '@tfjs-moe/gates';
import { measureParts, readGate } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import { randomMeasure, randomRows } from '../../src/testing/random-measure.ts';
import { wrappedGate } from '../wrapped.ts';

const experts = 4;
const gates = {
  softmax: softmax(),
  temperature: temperature(),
  threshold: temperature({ threshold: 0.1 }),
  'renormalised threshold': temperature({ threshold: 0.1, renormalize: true }),
  sigmoid: sigmoid(),
  'normalised sigmoid': sigmoid({ normalize: true }),
  'top-1': topK({ k: 1 }),
  'top-2': topK({ k: 2 }),
  'top-2, never divided': topK({ k: 2, renormalize: 'never' }),
  'selected without the bias': topK({ k: 2, biasInSelection: false }),
  'selected with a bias of its own': topK({ k: 2, weighting: sigmoid(), selectionBias: true }),
  switch: switchGate(),
  noisy: noisyTopK({ k: 2 }),
  hierarchical: hierarchical({ groups: 2 }),
  'sparse levels': hierarchical({ groups: 2, outer: topK({ k: 1 }) }),
  'a network': topK({ k: 2, router: mlpRouter({ hiddenUnits: 2 }) }),
};

describe.each(Object.entries(gates))('of %s', (_name, gate) => {
  const reading = readGate(gate, experts)!;

  test('the same is read under another name', () => {
    const { logWeights } = reading;
    expect(readGate(wrappedGate(gate), experts)).toMatchObject({
      logWeights,
      hasLinearLogits: reading.hasLinearLogits,
      sumsToOne: reading.sumsToOne,
      inputLayers: reading.inputLayers,
    });
  });

  test('weights sum to 1 where they are said to', () => {
    const measure = randomMeasure({ gate, expert: linear(), inputDim: 2, experts }, { scale: 2 });
    const { weights } = measureParts(measure, randomRows(40));
    const farthest = Math.max(
      ...Array.from({ length: 40 }, (_, row) =>
        Math.abs(weights.slice(row * experts, (row + 1) * experts).reduce((a, b) => a + b, -1)),
      ),
    );
    if (reading.sumsToOne) expect(farthest).toBeLessThan(1e-12);
    else expect(farthest).toBeGreaterThan(1e-3);
  });
});

test('names of the law are those whose softmax over the selected is the law', () => {
  const names = (gate: keyof typeof gates) => readGate(gates[gate], experts)?.logWeights;
  for (const gate of [
    'softmax',
    'temperature',
    'top-2',
    'switch',
    'noisy',
    'renormalised threshold',
  ] as const)
    expect(names(gate), gate).toEqual(['logWeights', 'logits']);
  expect(names('normalised sigmoid')).toEqual(['logWeights']);
  expect(names('sigmoid')).toEqual([]);
  expect(names('threshold')).toEqual([]);
});

test('a logarithm that is none is not taken for one', () => {
  const lying = defineGate('lyingLogWeights', () => {
    const { params, expertsPerToken, route } = softmax();
    return {
      config: {},
      params,
      expertsPerToken,
      route(ops, x, p, context) {
        const routing = route(ops, x, p, context);
        const twice = ops.add(routing.logits, routing.logits);
        return { ...routing, logits: twice, logWeights: twice };
      },
    };
  })();
  expect(readGate(lying, experts)?.logWeights).toEqual([]);
});

test('what the selected are the first of', () => {
  const order = (gate: keyof typeof gates) => readGate(gates[gate], experts)?.order;
  expect(order('softmax')).toBeUndefined();
  expect(order('top-2')).toEqual({
    by: ['logits', 'scores'],
    parameters: ['router/kernel', 'bias'],
    degree: 1,
  });
  expect(order('selected without the bias')).toEqual({
    by: ['scores'],
    parameters: ['router/kernel'],
    degree: 1,
  });
  expect(order('selected with a bias of its own')?.by).toEqual(['scores']);
});

test('logits are linear in what each expert learns for itself', () => {
  const isLinear = (gate: keyof typeof gates) => readGate(gates[gate], experts)?.hasLinearLogits;
  expect(isLinear('softmax')).toBe(true);
  expect(isLinear('top-2')).toBe(true);
  expect(readGate(temperature({ learned: false }), experts)?.hasLinearLogits).toBe(true);
  expect([isLinear('temperature'), isLinear('a network'), isLinear('hierarchical')]).toEqual([
    false,
    false,
    false,
  ]);
});
