import type { Expert, Gate } from '@tfjs-moe/core';
import { constant, ffn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import {
  cosineRouter,
  hierarchical,
  mlpRouter,
  noisyTopK,
  sigmoid,
  softmax,
  switchGate,
  temperature,
  topK,
} from '@tfjs-moe/gates';
import { identifiability, type SecondOrderVerdict } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const ridge = (activation: 'gelu' | 'tanh' | 'sigmoid' | 'relu', useBias = true) =>
  ffn({ hiddenUnits: [], activation, outputWeights: false, useBias });
const direction = normalizedFfn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
const scaled = ffn({ hiddenUnits: 1, activation: 'gelu' });
const bounded = mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' });

function ask(gate: Gate, expert: Expert, inputDim: number, experts: number, overSpecified?: number[]) {
  const options = { gate, expert, inputDim, experts, ...(overSpecified && { overSpecified }) };
  return identifiability(options).secondOrder;
}
const directionOf = (verdict: SecondOrderVerdict) =>
  verdict.verdict === 'dependent' ? verdict.direction : undefined;

describe('the pairs that are called safe in the published table', () => {
  const safe: readonly (readonly [string, Gate, Expert, readonly number[]])[] = [
    ['softmax, gelu', softmax(), ridge('gelu'), [1, 2, 4]],
    ['softmax, tanh', softmax(), ridge('tanh'), [1, 2]],
    ['softmax, sigmoid', softmax(), ridge('sigmoid'), [1, 2]],
    ['softmax, gelu without bias', softmax(), ridge('gelu', false), [1, 2]],
    ['softmax, gelu of the direction', softmax(), direction, [2, 4]],
    ['temperature over a bounded router, gelu', temperature({ router: bounded }), ridge('gelu'), [1, 2]],
    ['sigmoid, gelu', sigmoid(), ridge('gelu'), [1, 2]],
    ['sigmoid, tanh', sigmoid(), ridge('tanh'), [2]],
    ['normalised sigmoid, gelu', sigmoid({ normalize: true }), ridge('gelu'), [2]],
  ];
  test.each(safe.flatMap(([name, gate, expert, dims]) => dims.map((d) => ({ name, gate, expert, d }))))(
    '$name, $d inputs: proved',
    ({ gate, expert, d }) => {
      const verdict = ask(gate, expert, d, 2);
      expect(verdict).toMatchObject({
        verdict: 'independent',
        criterion: 'positive semidefinite',
        overSpecified: [0],
      });
      const proof = verdict as Extract<SecondOrderVerdict, { verdict: 'independent' }>;
      expect(proof.sigmaMin).toBeGreaterThan(0);
      expect(proof.curvature).toBeGreaterThan(0);
    },
  );

  test('more atoms, one input, where float64 alone would not do', () => {
    for (const activation of ['gelu', 'tanh', 'sigmoid'] as const)
      expect(ask(softmax(), ridge(activation), 1, 4).verdict).toBe('independent');
  });

  test('several atoms over-specified, and one of a group', () => {
    expect(ask(softmax(), ridge('gelu'), 2, 3, [0, 2]).verdict).toBe('independent');
    expect(ask(hierarchical({ groups: 2 }), ridge('gelu'), 2, 4).verdict).toBe('independent');
  });

  test('gates that select, region by region', () => {
    for (const gate of [topK({ k: 2 }), noisyTopK({ k: 2 }), switchGate()]) {
      const verdict = ask(gate, ridge('gelu'), 2, 3);
      expect(verdict.verdict).toBe('independent');
      expect(verdict.notes.join()).toContain('selection held fixed');
    }
  });
});

describe('null directions, by name and with an equation', () => {
  test.each([
    [
      'linear',
      linear(),
      'expert/kernel[0,0] of atom 1',
      /^d_expert\/kernel\[0,0\] d_expert\/kernel\[0,0\] psi1 = 0$/,
    ],
    ['constant', constant(), 'expert/value[0] of atom 1', /= 0$/],
    ['polynomial', polynomial({ degree: 3 }), 'the scale of expert of atom 1', /\)\^2 psi1 = /],
    // Not a single parameter: that would move the kink, which leaves more than a second order.
    ['relu', ridge('relu'), 'the scale of expert of atom 1', /\)\^2 psi1 = /],
    ['output weights', scaled, 'expert/layer_2/kernel[0,0] of atom 1', /= 0$/],
  ] as const)('softmax, %s', (_name, expert, name, text) => {
    for (const d of [1, 2]) {
      const found = directionOf(ask(softmax(), expert, d, 2));
      expect(found).toMatchObject({ name, order: 2, proof: 'formal ring', atoms: [0] });
      expect(found?.text).toMatch(text);
      expect(found?.latex).toContain('\\psi_{1}');
      expect(Object.keys(found?.vector ?? {})[0]).toMatch(/^expert\/.*#0$/);
    }
  });

  test('the vector of a homogeneous expert is its parameters', () => {
    const found = directionOf(
      identifiability({
        gate: softmax(),
        expert: polynomial({ degree: 2 }),
        inputDim: 1,
        experts: 2,
        overSpecified: [1],
        gateParams: { 'router/kernel': [0.5, 0.25], bias: [0, 1] },
        expertParams: { kernel: [1, -0.7], bias: [0.1, 0.3] },
      }).secondOrder,
    );
    expect(found?.vector).toEqual({ 'expert/kernel[0,0]#1': -0.7, 'expert/bias[0]#1': 0.3 });
  });

  test('an expert of the direction of one input is two numbers', () => {
    for (const gate of [softmax(), hierarchical({ groups: 2 })])
      expect(directionOf(ask(gate, direction, 1, 4))).toMatchObject({ proof: 'dimension', order: 2 });
  });

  test.each([
    ['temperature over a linear router', temperature(), ridge('gelu'), 'd_gate/temperature[0] f'],
    ['cosine', softmax({ router: cosineRouter() }), ridge('gelu'), 'd_gate/router/kernel[1]#0 f'],
    ['sigmoid, linear', sigmoid(), linear(), 'h1'],
    ['sigmoid, constant', sigmoid(), constant(), 'h1'],
    ['sigmoid, relu', sigmoid(), ridge('relu'), 'h1'],
  ] as const)('%s: of first order already', (_name, gate, expert, part) => {
    const found = directionOf(ask(gate, expert, 2, 2));
    expect(found).toMatchObject({ order: 1, proof: 'formal ring', atoms: [], vector: {} });
    expect(found?.text).toContain(part);
  });
});

describe('no atom that is fitted exactly', () => {
  test('twice the true number of atoms: the common tilt, for every expert', () => {
    const verdict = ask(softmax(), ridge('gelu'), 2, 2, [0, 1]);
    expect(directionOf(verdict)).toMatchObject({
      name: 'gate/router/kernel[0] of all atoms alike (common tilt)',
      proof: 'formal ring',
      atoms: [0, 1],
    });
    expect(verdict.notes.join()).toContain('common tilt');
  });

  test('a bounded router has no common tilt', () => {
    const gate = softmax({ router: bounded });
    expect(ask(gate, ridge('gelu'), 1, 2, [0, 1]).verdict).toBe('independent');
  });

  test('the gate of a single atom leaves no trace', () => {
    for (const gate of [softmax(), temperature({ router: bounded })]) {
      expect(directionOf(ask(gate, ridge('gelu'), 1, 1))).toMatchObject({
        name: expect.stringContaining('the gate of a single atom'),
        order: 2,
      });
    }
    expect(ask(sigmoid(), ridge('gelu'), 1, 1).verdict).toBe('independent');
    expect(directionOf(ask(hierarchical({ groups: 2 }), ridge('gelu'), 1, 2))?.name).toContain(
      'the gate of a single atom',
    );
  });
});

test('what is not covered is said to be', () => {
  expect(ask(temperature({ threshold: 0.1 }), ridge('gelu'), 1, 2)).toMatchObject({
    verdict: 'inconclusive',
    raise: expect.stringContaining('not covered'),
  });
  expect(ask(sigmoid({ useBias: false }), ridge('gelu'), 1, 2)).toMatchObject({
    verdict: 'inconclusive',
    raise: expect.stringContaining('without a bias'),
  });
  expect(ask(softmax({ useBias: false }), ridge('gelu'), 2, 2).notes.join()).toContain('no bias');
});
