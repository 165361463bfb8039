import { defineRouter } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { type DefinitionUnderTest, testDefinition } from '@tfjs-moe/measures/testing';
import { judging } from '@tfjs-moe/theory/testing';
import { describe, test } from 'vitest';
import { wrappedExpert, wrappedGate } from '../../../measures/test/wrapped.ts';

const gelu = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
const dot = defineRouter('dot', () => ({
  config: {},
  params: (inputDim) => ({ w: { shape: [inputDim], initializer: { kind: 'glorotUniform' } } }),
  logit: (ops, x, p) => ops.dot(p.w, x),
}));

// Definitions of somebody else get the verdicts and rates of the built-in ones that they repeat.
const definitions: readonly DefinitionUnderTest[] = [
  {
    name: 'softmax',
    gate: wrappedGate(softmax(), 'softmaxWrapped'),
    expert: gelu,
    like: { gate: softmax() },
    expected: { 'first order': 'independent', 'second order': 'independent' },
  },
  { name: 'softmax over w.x', gate: softmax({ router: dot() }), expert: gelu, like: { gate: softmax() } },
  {
    name: 'linear',
    expert: wrappedExpert(linear(), 'linearWrapped'),
    like: { expert: linear() },
    expected: { 'first order': 'independent', 'second order': 'dependent' },
  },
  {
    name: 'temperature',
    gate: wrappedGate(temperature(), 'temperatureWrapped'),
    expert: gelu,
    like: { gate: temperature() },
    expected: { 'first order': 'dependent' },
  },
  {
    name: 'sigmoid',
    gate: wrappedGate(sigmoid(), 'sigmoidWrapped'),
    expert: gelu,
    like: { gate: sigmoid() },
  },
  {
    name: 'top-2',
    gate: wrappedGate(topK({ k: 2 }), 'topTwoWrapped'),
    expert: gelu,
    like: { gate: topK({ k: 2 }) },
  },
  {
    name: 'a tree',
    gate: wrappedGate(hierarchical({ groups: 2 }), 'treeWrapped'),
    expert: gelu,
    like: { gate: hierarchical({ groups: 2 }) },
  },
];
for (const definition of definitions)
  testDefinition({ describe, test }, { experts: 4, inputDim: 1, ...definition }, [judging]);
