/**
 * What the built-in gates say of themselves; that it is true, the contract suite finds out for each.
 */
import type { Gate, GateForm } from '@tfjs-moe/core';
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
import { describe, expect, test } from 'vitest';

const scored = { path: 'router', bias: 'bias' };
const selection = (k: number, renormalized: boolean) => ({ k, by: 'logits', renormalized });

describe('the form of a gate', () => {
  test.each([
    ['softmax', softmax(), { type: 'competitive', ...scored }],
    ['softmax without biases', softmax({ useBias: false }), { type: 'competitive', path: 'router' }],
    ['sigmoid', sigmoid({ normalize: true }), { type: 'sigmoid', ...scored, normalized: true }],
    ['temperature', temperature(), { type: 'competitive', ...scored, temperature: 'temperature' }],
    ['switch', switchGate(), { type: 'competitive', ...scored, selection: selection(1, false) }],
    ['noisy top-2', noisyTopK(), { type: 'competitive', ...scored, selection: selection(2, true) }],
    ['top-1', topK({ k: 1 }), { type: 'competitive', ...scored, selection: selection(1, false) }],
    [
      'top-2 of the theory',
      topK({ biasInSelection: false }),
      { type: 'competitive', ...scored, selection: { ...selection(2, true), by: 'scores' } },
    ],
    [
      'top-2 of a temperature',
      topK({ weighting: temperature(), renormalize: 'never' }),
      { type: 'competitive', ...scored, temperature: 'temperature', selection: selection(2, false) },
    ],
    [
      'DeepSeek-V3',
      topK({
        weighting: sigmoid({ normalize: true }),
        selectionBias: true,
        weightScale: 2.5,
        renormalize: 'never',
      }),
      {
        type: 'sigmoid',
        ...scored,
        normalized: false,
        selection: { k: 2, by: 'weights', bias: 'selection_bias', renormalized: true, scale: 2.5 },
      },
    ],
    [
      'a tree',
      hierarchical({ groups: 2, inner: hierarchical({ groups: 2, outer: sigmoid(), inner: topK() }) }),
      {
        type: 'hierarchical',
        groups: 2,
        outer: { type: 'competitive', path: 'outer/router', bias: 'outer/bias' },
        inner: {
          type: 'hierarchical',
          groups: 2,
          outer: { type: 'sigmoid', path: 'inner/outer/router' },
          inner: { type: 'competitive', bias: 'inner/inner/bias', selection: selection(2, true) },
        },
      },
    ],
  ] as [string, Gate, Partial<GateForm>][])('is derived from its parts: %s', (_, gate, form) => {
    expect(gate.traits?.form).toMatchObject(form);
  });

  test('has the router', () => {
    const router = mlpRouter();
    expect(topK({ router }).traits?.form).toMatchObject({ router });
  });

  test('is absent where the weights are written otherwise', () => {
    expect(temperature({ threshold: 0.1 }).traits?.form).toBeUndefined();
    expect(topK({ weighting: topK() }).traits?.form).toBeUndefined();
    expect(topK({ weighting: hierarchical({ groups: 2 }) }).traits?.form).toBeUndefined();
    expect(topK({ weighting: temperature({ threshold: 0.1 }) }).traits?.form).toBeUndefined();
    expect(hierarchical({ groups: 2, inner: temperature({ threshold: 0.1 }) }).traits?.form).toBeUndefined();
  });

  test('is what they see as much of, where they are made of its weights', () => {
    const heated = { type: 'competitive', ...scored, temperature: 'temperature' };
    const above = temperature({ threshold: 0.1 });
    expect(above.traits?.sees).toMatchObject(heated);
    expect(topK({ weighting: above }).traits?.sees).toMatchObject(heated);
    expect(topK({ weighting: topK({ k: 3 }) }).traits?.sees).toMatchObject({ selection: selection(3, true) });
    expect(hierarchical({ groups: 2, inner: above }).traits?.sees).toMatchObject({
      type: 'hierarchical',
      outer: { path: 'outer/router' },
      inner: { path: 'inner/router', temperature: 'inner/temperature' },
    });
    expect(topK({ weighting: topK({ k: 3 }), biasInSelection: false }).traits?.sees).toBeUndefined();
    for (const gate of [softmax(), topK(), hierarchical({ groups: 2 })])
      expect(gate.traits?.sees).toBeUndefined();
  });
});
