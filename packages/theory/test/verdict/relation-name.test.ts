import type { Expert, Gate } from '@tfjs-moe/core';
import { constant, ffn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import { cosineRouter, mlpRouter, sigmoid, softmax, temperature } from '@tfjs-moe/gates';
import { identifiability, type Verdict } from '@tfjs-moe/theory';
import { expect, test } from 'vitest';

const ridge = (activation: 'gelu' | 'tanh') => ffn({ hiddenUnits: [], activation, outputWeights: false });
const direction = normalizedFfn({ hiddenUnits: [], activation: 'gelu', outputWeights: false, epsilon: 0 });

function names(of: 'firstOrder' | 'literal', gate: Gate, expert: Expert, inputDim: number, experts: number) {
  const verdict: Verdict = identifiability({ gate, expert, inputDim, experts })[of];
  if (verdict.verdict !== 'dependent') throw new Error(verdict.verdict);
  return Object.fromEntries(verdict.relations.map(({ text, knownAs }) => [text, knownAs]));
}

test('literal sets', () => {
  expect(names('literal', softmax(), ridge('gelu'), 2, 1)).toEqual({
    'x_1 d_layer_1/bias[0] h1 = d_layer_1/kernel[0,0] h1': 'input and bias',
    'x_2 d_layer_1/bias[0] h1 = d_layer_1/kernel[1,0] h1': 'input and bias',
    'x_2 d_layer_1/kernel[0,0] h1 = x_1 d_layer_1/kernel[1,0] h1': 'duplicate',
  });
  const ofDirection = Object.values(names('literal', softmax(), direction, 2, 1));
  expect(ofDirection).toEqual(['duplicate', 'normalised input']);
  const ofLinear = names('literal', softmax(), linear(), 1, 2);
  expect(ofLinear).toMatchObject({
    'd_bias[0] d_bias[0] h1 = 0': 'linear in a parameter',
    'd_kernel[0,0] h2 = d_kernel[0,0] h1': 'common function',
  });
  const scaled = ffn({ hiddenUnits: 1, activation: 'gelu', useBias: false });
  const ofScaled = Object.entries(names('literal', softmax(), scaled, 1, 1));
  const known = (pattern: RegExp) => ofScaled.find(([text]) => pattern.test(text))?.[1];
  expect(known(/^d_layer_2\/kernel\[0,0\] h1 = /)).toBe('output scale');
  expect(known(/^x_1 d_layer_2\/kernel\[0,0\] h1 = /)).toBe('output scale');
  expect(known(/^d_layer_1\/kernel\[0,0\] d_layer_2\/kernel\[0,0\] h1 = /)).toBe('output scale');
});

test('the set of Definition 2 over a linear router', () => {
  const of = names('literal', temperature(), ridge('gelu'), 1, 1);
  expect(of['(d_kernel[0] d_kernel[0] pi) h1 = 0']).toBe('linear in a parameter');
  const [homogeneous] = Object.entries(of).filter(([text]) =>
    /^\(d_kernel\[0\] pi\) h1 = -?[\d/]* ?pi h1$/.test(text),
  );
  expect(homogeneous?.[1]).toBe('homogeneity');
});

test('Jacobians', () => {
  expect(Object.values(names('firstOrder', temperature(), ridge('gelu'), 2, 2))).toEqual([
    'temperature scale',
  ]);
  const cosine = softmax({ router: cosineRouter({ learned: false }) });
  expect(Object.values(names('firstOrder', cosine, ridge('gelu'), 2, 2))).toEqual([
    'router scale',
    'router scale',
  ]);
  const inner = ffn({ hiddenUnits: 1, activation: 'relu' });
  expect(Object.values(names('firstOrder', softmax(), inner, 1, 2))).toEqual(['inner scale', 'inner scale']);
  const bounded = softmax({ router: mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' }) });
  expect(Object.values(names('firstOrder', bounded, ridge('gelu'), 1, 1))).toEqual(['no influence']);
});

test('two atoms that mirror each other', () => {
  const { literal } = identifiability({
    gate: softmax(),
    expert: ridge('tanh'),
    inputDim: 1,
    experts: 2,
    gateParams: { 'router/kernel': [0.5, -1], bias: [0, 0.5] },
    expertParams: { 'layer_1/kernel': [1, -1], 'layer_1/bias': [0.25, -0.25] },
  });
  const relations = literal.verdict === 'dependent' ? literal.relations : [];
  expect(relations.find(({ knownAs }) => knownAs === 'mirror symmetry')?.text).toBe('h2 = -h1');
});

test.each([
  ['constant experts', constant()],
  ['lines through the origin', linear({ useBias: false })],
  ['cubes without bias', polynomial({ degree: 3, useBias: false })],
])('a relation of the second order that ties the mixture to functions of an atom: %s', (_name, expert) => {
  const gate = sigmoid({ normalize: true });
  const { secondOrder } = identifiability({ gate, expert, inputDim: 1, experts: 2, budget: 500 });
  expect(secondOrder.verdict).toBe('dependent');
});
