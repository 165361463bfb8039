import { knownKinds } from '@tfjs-moe/core';
import { describe, expect, test } from 'vitest';
import { expertOf, gateOf, pluginHelp, routerOf } from '../src/plugin-words.ts';

describe('words become plugins', () => {
  test.each(knownKinds('gate'))('the gate %s by its kind', (kind) => {
    expect(gateOf(kind).kind).toBe(kind);
    expect(pluginHelp).toContain(kind);
  });
  test.each(knownKinds('router'))('the router %s by its kind', (kind) => {
    expect(routerOf(kind).kind).toBe(kind);
    expect(pluginHelp).toContain(kind);
  });
  test.each(knownKinds('expert'))('the expert %s by its kind', (kind) => {
    expect(expertOf(kind).kind).toBe(kind);
    expect(pluginHelp).toContain(kind);
  });

  test.each([
    ['topK:1', { k: 1, biasInSelection: true }],
    ['topK:2:theory', { k: 2, biasInSelection: false }],
    ['sigmoid:normalize', { normalize: true }],
    ['temperature:0.5:fixed', { temperature: 0.5, learned: false }],
    ['hierarchical:3', { groups: 3 }],
    ['hierarchical:2+3+1', { groups: [2, 3, 1] }],
    ['hierarchical:[2+3]+4', { groups: [2, 3, 4], outer: { kind: 'hierarchical', groups: [2, 1] } }],
    ['hierarchical:2:2+1', { groups: 2, inner: { kind: 'hierarchical', groups: [2, 1] } }],
    ['hierarchical:3:2', { groups: 3, inner: { kind: 'hierarchical', groups: 2 } }],
    ['{"kind":"topK","k":3}', { k: 3 }],
  ])('gate %s', (word, options) => {
    expect(gateOf(word).config).toMatchObject(options);
  });

  test.each([
    ['polynomial:3', { degree: 3 }],
    ['ffn:tanh', { activation: 'tanh', hiddenUnits: [], outputWeights: false, useBias: true }],
    ['ffn', { activation: 'gelu', hiddenUnits: [], outputWeights: false }],
    ['ffn:relu:8', { activation: 'relu', hiddenUnits: [8], outputWeights: true }],
    ['ffn:noBias:sigmoid', { activation: 'sigmoid', useBias: false }],
    ['normalizedFfn:gelu', { epsilon: 0, hiddenUnits: [], outputWeights: false }],
    ['gatedFfn:4', { hiddenUnits: 4 }],
    ['{"kind":"ffn","hiddenUnits":[4,4]}', { hiddenUnits: [4, 4], outputWeights: true, activation: 'relu' }],
  ])('expert %s', (word, options) => {
    expect(expertOf(word).config).toMatchObject(options);
  });

  test('--router goes into the gate, and into all levels of a hierarchical one', () => {
    const tanh = { kind: 'mlp', hiddenUnits: [], outputActivation: 'tanh' };
    expect(gateOf('temperature', 'mlp').config.router).toMatchObject(tanh);
    expect(gateOf('topK:1', 'mlp:sigmoid').router?.config).toMatchObject({ outputActivation: 'sigmoid' });
    expect(gateOf('{"kind":"softmax","useBias":false}', 'mlp:3').config).toMatchObject({
      useBias: false,
      router: { hiddenUnits: [3] },
    });
    expect(gateOf('hierarchical:2', 'mlp').config).toMatchObject({
      outer: { router: tanh },
      inner: { router: tanh },
    });
    expect(gateOf('hierarchical:2:2', 'mlp').config).toMatchObject({
      outer: { router: tanh },
      inner: { groups: 2, outer: { router: tanh }, inner: { router: tanh } },
    });
  });
});

test('what cannot be read is refused, with what could be', () => {
  expect(() => gateOf('nope')).toThrow(
    '[tfjs-moe] moe: --gate must be one of dselectK, expertChoice, expertThreshold, groupLimitedTopK, hash, hierarchical, lossFree, minP, mixtureOfDepths, noisyTopK, pointwise, productKeys, quantileBalancing, reMoe, sequenceTopK, sigmoid, sinkhorn, softMoe, softmax, sparseMixer, switchGate, temperature, topK, topP',
  );
  expect(() => expertOf('nope:gelu')).toThrow('--expert must be one of constant, ffn');
  expect(() => expertOf('{"kind":"nope"}')).toThrow('--expert must be one of');
  expect(() => routerOf('{mlp')).toThrow('--router must be a kind or a config as JSON');
  expect(() => expertOf('ffn:swish')).toThrow('--expert: ffn takes a number (hiddenUnits), identity, relu');
  expect(() => gateOf('softmax:2')).toThrow('--gate: softmax takes nothing after a colon. Received: "2"');
  expect(() => gateOf('topK:1.5')).toThrow('k must be an integer');
  expect(() => gateOf('{"kind":"topK","q":1}')).toThrow('unknown option "q"');
});
