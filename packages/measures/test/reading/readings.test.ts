import { defineExpert } from '@tfjs-moe/core';
import { constant, ffn, gatedFfn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import {
  cosineRouter,
  euclideanRouter,
  linearRouter,
  mlpRouter,
  noisyTopK,
  sigmoid,
  softmax,
  temperature,
  topK,
} from '@tfjs-moe/gates';
import { readExpert, readGate, readRouter } from '@tfjs-moe/measures';
import { expect, test } from 'vitest';
import { wrappedExpert, wrappedGate, wrappedRouter } from '../wrapped.ts';

test('which parameters have a part in evaluation: not those of noise', () => {
  const gate = noisyTopK();
  expect(Object.keys(gate.params(2, 4))).toContain('noise_kernel');
  expect(readGate(gate, 4)?.parameters).toEqual(['router/kernel', 'bias']);
});

test('where nothing is compared one formula holds everywhere', () => {
  const dense = (gate: Parameters<typeof readGate>[0]) => readGate(gate, 4)?.isDense;
  expect([softmax(), sigmoid({ normalize: true }), temperature(), topK({ k: 4 })].map(dense)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect([topK({ k: 3 }), temperature({ threshold: 0.1 })].map(dense)).toEqual([false, false]);
});

test('logits are found behind a selection that no form knows', () => {
  const router = linearRouter();
  const gate = temperature({ threshold: 0.1, renormalize: true, router });
  for (const of of [gate, wrappedGate(gate)])
    expect(readGate(of, 4)?.logits).toMatchObject({
      type: 'competitive',
      path: 'router',
      bias: 'bias',
      temperature: 'temperature',
    });
  expect(readGate(topK({ k: 2 }), 4)?.logits).not.toHaveProperty('selection');
  expect(readGate(sigmoid(), 4)?.logits).toBeUndefined();
});

test('kinks, and experts that know the direction of their input alone', () => {
  expect(readExpert(ffn({ hiddenUnits: 2 }))).toMatchObject({ hasKinks: true, isOfDirection: false });
  expect(readExpert(normalizedFfn({ hiddenUnits: 2, activation: 'gelu' }))).toMatchObject({
    hasKinks: false,
    isOfDirection: true,
  });
  expect(readExpert(normalizedFfn({ hiddenUnits: 2, epsilon: 0.1 }))?.isOfDirection).toBe(false);
  expect(readExpert(constant())?.isOfDirection).toBe(false);
});

test('the layers of an expert, whoever wrote them', () => {
  for (const { outputWeights = true, ...options } of [
    { hiddenUnits: [3, 1], activation: 'tanh' },
    { hiddenUnits: [4], activation: 'gelu', useBias: false, outputWeights: false },
    { hiddenUnits: [], activation: 'relu', outputWeights: false },
  ] as const) {
    const all = { outputWeights, ...options };
    const outputActivation = outputWeights ? 'identity' : options.activation;
    const expected = { useBias: true, outputActivation, ...options };
    expect(readExpert(wrappedExpert(ffn(all)))?.layers).toEqual({ of: 'input', epsilon: 0, ...expected });
    const direction = { of: 'direction', epsilon: 1e-6, ...expected };
    expect(readExpert(wrappedExpert(normalizedFfn(all)))?.layers).toEqual(direction);
  }
  expect(readExpert(linear())?.layers).toMatchObject({ hiddenUnits: [], outputActivation: 'identity' });
  for (const other of [constant(), polynomial(), gatedFfn({ hiddenUnits: 2 })])
    expect(readExpert(other)?.layers).toBeUndefined();
});

test('the layers of a router', () => {
  const options = { hiddenUnits: [3, 2], activation: 'silu', outputActivation: 'sigmoid' } as const;
  for (const router of [mlpRouter(options), wrappedRouter(mlpRouter(options))])
    expect(readRouter(router)?.layers).toMatchObject(options);
  expect(readRouter(linearRouter())?.layers).toMatchObject({ hiddenUnits: [], outputActivation: 'identity' });
  for (const other of [cosineRouter(), euclideanRouter()]) expect(readRouter(other)).toEqual({});
});

test('nothing is said of what more than layers is', () => {
  const residual = defineExpert('residual', () => ({
    config: {},
    params: (inputDim, units) => ({
      W: { shape: [inputDim, units], initializer: { kind: 'zeros' } },
      V: { shape: [units, units], initializer: { kind: 'zeros' } },
    }),
    apply(ops, x, p) {
      const hidden = ops.activation('tanh', ops.affine(x, p.W));
      return ops.add(hidden, ops.affine(hidden, p.V));
    },
  }))();
  expect(readExpert(residual)?.layers).toBeUndefined();
});
