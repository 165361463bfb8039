import type { Expert } from '@tfjs-moe/core';
import { constant, ffn, linear, polynomial } from '@tfjs-moe/experts';
import { hierarchical, mlpRouter, sigmoid, softmax, temperature } from '@tfjs-moe/gates';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { measureOutput } from '@tfjs-moe/measures/testing';
import { counterexamples, functionDistance } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';
import { drawnMixture, inputs } from '../mixtures.ts';

const ridge = (activation: 'gelu' | 'tanh' | 'relu') =>
  ffn({ hiddenUnits: [], activation, outputWeights: false });
const dims = [1, 2, 4] as const;
const ROUNDING = 1e-14;

/** The atoms of a softmax mixture: mass, and all other numbers, as a list. */
function atomsOf({ experts, gateParams, expertParams }: MixingMeasure) {
  const ofAtom = (values: readonly number[], e: number) =>
    values.slice((e * values.length) / experts, ((e + 1) * values.length) / experts);
  return Array.from({ length: experts }, (_, e) => ({
    mass: Math.exp(ofAtom(gateParams.bias ?? [], e)[0] ?? 0),
    place: [
      ...ofAtom(gateParams['router/kernel'] ?? [], e),
      ...Object.values(expertParams).flatMap((values) => ofAtom(values, e)),
    ],
  }));
}

/** D_{2,r} by its definition: cells of nearest atoms, masses, distances per block to the power r (d = 1). */
function voronoi(other: MixingMeasure, truth: MixingMeasure, r: number): number {
  const stars = atomsOf(truth);
  const cells = stars.map(() => [] as { mass: number; place: readonly number[] }[]);
  for (const atom of atomsOf(other)) {
    const lengths = stars.map(({ place }) => Math.hypot(...place.map((v, i) => v - atom.place[i]!)));
    cells[lengths.indexOf(Math.min(...lengths))]!.push(atom);
  }
  return stars.reduce((sum, star, j) => {
    const mass = cells[j]!.reduce((total, atom) => total + atom.mass, 0);
    const moved = cells[j]!.map((atom) =>
      star.place.reduce((total, v, i) => total + atom.mass * Math.abs(v - atom.place[i]!) ** r, 0),
    );
    return sum + Math.abs(mass - star.mass) + moved.reduce((a, b) => a + b, 0);
  }, 0);
}

test('a mixture is evaluated as its formula says', () => {
  const of = drawnMixture(softmax(), ridge('tanh'), 1, 2);
  const { 'router/kernel': beta = [], bias = [] } = of.gateParams;
  const { 'layer_1/kernel': a = [], 'layer_1/bias': b = [] } = of.expertParams;
  const x = 0.7;
  const masses = [0, 1].map((e) => Math.exp(beta[e]! * x + bias[e]!));
  const sum = masses.reduce((total, mass, e) => total + mass * Math.tanh(a[e]! * x + b[e]!), 0);
  expect(measureOutput(of, [[x]])[0]).toBeCloseTo(sum / (masses[0]! + masses[1]!), 14);
});

describe.each(dims)('different measures with the same function, %i inputs', (inputDim) => {
  const rows = inputs(inputDim);
  const softmaxed = (expert: Parameters<typeof drawnMixture>[1]) =>
    drawnMixture(softmax(), expert, inputDim, 3);

  test.each([
    ['linear', linear(), 'bias'],
    ['constant', constant(), 'value'],
  ] as const)('K1, %s', (_name, expert, parameter) => {
    const example = counterexamples.biasSplit(softmaxed(expert), { atom: 1, parameter });
    expect(example.other.experts).toBe(4);
    expect(functionDistance(example, rows)).toBeLessThan(ROUNDING);
  });

  test('K1 fails for gelu, as it should', () => {
    expect(() => counterexamples.biasSplit(softmaxed(ridge('gelu')), { parameter: 'layer_1/bias' })).toThrow(
      /^\[tfjs-moe\] biasSplit: is no counterexample for the gate softmax and the expert ffn at these parameters: the functions differ by/,
    );
  });

  test.each([
    ['output weights', ffn({ hiddenUnits: 2, activation: 'tanh' }), ['layer_2/kernel', 'layer_2/bias'], 1],
    ['relu', ridge('relu'), ['layer_1/kernel', 'layer_1/bias'], 1],
    ['polynomial', polynomial({ degree: 3 }), ['kernel', 'bias'], 3],
    ['constant', constant(), ['value'], 1],
  ] as const)('K3, %s', (_name, expert, parameters, degree) => {
    const truth = softmaxed(expert);
    const example = counterexamples.scaleSplit(truth, { parameters, degree });
    const size = Math.max(1, ...measureOutput(truth, rows).map(Math.abs));
    expect(functionDistance(example, rows)).toBeLessThan(ROUNDING * size);
    // What traits say is what is given here.
    expect(counterexamples.scaleSplit(truth).other).toEqual(example.other);
    const wrong = { parameters: ['layer_1/kernel', 'layer_1/bias'] };
    expect(() => counterexamples.scaleSplit(softmaxed(ridge('tanh')), wrong)).toThrow('is no counterexample');
    expect(() => counterexamples.scaleSplit(softmaxed(ridge('tanh')))).toThrow(
      'homogeneous in none of its parameters',
    );
  });

  test.each([linear(), ridge('gelu'), ridge('tanh')])('K5, expert %#', (expert) => {
    const tilt = Array.from({ length: inputDim }, (_, i) => 0.3 + i / 8);
    const truth = softmaxed(expert);
    const example = counterexamples.commonTilt(truth, { tilt });
    expect(example.other.experts).toBe(6);
    expect(functionDistance(example, rows)).toBeLessThan(ROUNDING);
  });

  test('K7', () => {
    const truth = drawnMixture(temperature(), ridge('gelu'), inputDim, 3);
    const example = counterexamples.rescaledTemperature(truth);
    expect(functionDistance(example, rows)).toBeLessThan(ROUNDING);
    expect(example.other.gateParams.temperature).not.toEqual(truth.gateParams.temperature);
    // A router whose last layer is linear is no better ...
    const router = (outputActivation: 'identity' | 'tanh') =>
      mlpRouter({ hiddenUnits: 2, activation: 'tanh', outputActivation });
    const parameters = ['router/layer_2/kernel', 'bias', 'temperature'];
    const deep = drawnMixture(temperature({ router: router('identity') }), ridge('gelu'), inputDim, 3);
    expect(functionDistance(counterexamples.rescaledTemperature(deep, { parameters }), rows)).toBeLessThan(
      ROUNDING,
    );
    // ... one that ends with an activation is.
    const bounded = drawnMixture(temperature({ router: router('tanh') }), ridge('gelu'), inputDim, 3);
    expect(() => counterexamples.rescaledTemperature(bounded, { parameters })).toThrow(
      'is no counterexample',
    );
    expect(() => counterexamples.rescaledTemperature(bounded)).toThrow('the scores must be homogeneous');
  });
});

describe('minimax sequences', () => {
  const rows = inputs(1);
  const truth = drawnMixture(softmax(), linear(), 1, 2);

  test.each([1, 2, 3])('Theorem 2, r = %i: the functions come together 1/n faster than the measures', (r) => {
    const ratios = [100, 1000].map((n) => {
      const member = counterexamples.theoremTwo(truth, { n, r });
      expect(member.loss / voronoi(member.other, truth, r)).toBeCloseTo(1, 6);
      return functionDistance(member, rows) / member.loss;
    });
    const slope = Math.log10(ratios[1]! / ratios[0]!);
    // For r = 3 the functions differ by 1e-12 at n = 1000, of which float64 sees four digits.
    expect(Math.abs(slope + 1)).toBeLessThan(0.05);
  });

  test.each([1, 2, 3])('Theorem 3, r = %i', (r) => {
    const gated = drawnMixture(temperature(), ridge('gelu'), 2, 2);
    const members = [10, 100].map((n) => counterexamples.theoremThree(gated, { n, r }));
    for (const member of members) {
      expect(functionDistance(member, inputs(2))).toBeLessThan(ROUNDING);
      const step = member.other.gateParams.temperature![0]! - gated.gateParams.temperature![0]!;
      expect(step).toBeCloseTo(1 / member.n, 12);
    }
    expect(Math.log10(members[1]!.loss / members[0]!.loss)).toBeCloseTo(-r, 10);
  });

  test.each([1, 2, 3])('Theorem 6, r = %i', (r) => {
    const tree = drawnMixture(hierarchical({ groups: 2 }), linear(), 2, 4);
    const members = [10, 100].map((n) => counterexamples.theoremSix(tree, { n, r }));
    for (const member of members) {
      expect(member.other.experts).toBe(6);
      expect(functionDistance(member, inputs(2))).toBeLessThan(ROUNDING);
      const moved = member.other.expertParams.bias![0]! - tree.expertParams.bias![0]!;
      expect(moved).toBeCloseTo(1 / member.n, 12);
    }
    expect(Math.log10(members[1]!.loss / members[0]!.loss)).toBeCloseTo(-r, 10);
  });
});

describe('sigmoid gates', () => {
  const { amplitudeSplit, biasSplit, commonTilt, scaleSplit } = counterexamples;
  const rows = inputs(1);
  const [kernel, bias] = ['layer_1/kernel', 'layer_1/bias'];
  const numbers: [string, Expert, Readonly<Record<string, number[]>>][] = [
    ['lines', linear(), { kernel: [2, -1], bias: [0.5, 0.25] }],
    ['constants', constant(), { value: [2, -1] }],
    ['squares', polynomial({ degree: 2 }), { kernel: [2, -1], bias: [0.5, 0.25] }],
    ['relu', ridge('relu'), { [kernel]: [2, -1], [bias]: [0.5, 0.25] }],
  ];
  const truthOf = (expert: Expert, expertParams: Readonly<Record<string, number[]>>): MixingMeasure => ({
    gate: sigmoid(),
    expert,
    inputDim: 1,
    experts: 2,
    gateParams: { 'router/kernel': [1.5, 0], bias: [0.25, 0.75] },
    expertParams,
  });

  test.each(numbers)('K10, %s: in both regimes, for every share', (_name, expert, expertParams) => {
    const truth = truthOf(expert, expertParams);
    for (const share of [0.01, 0.3, 0.99]) {
      for (const atom of [0, 1]) {
        const { other } = amplitudeSplit(truth, { atom, share });
        expect(other.gateParams.bias![atom]).toBe(other.gateParams.bias![atom + 1]);
        expect(functionDistance({ truth, other }, rows)).toBeLessThan(2e-13);
      }
    }
  });

  test.each(numbers)('regime 1, %s: two halves of a constant gate', (name, expert, expertParams) => {
    const truth = truthOf(expert, expertParams);
    const splits = name === 'lines' || name === 'constants' ? [biasSplit, scaleSplit] : [scaleSplit];
    for (const split of splits) {
      const { other } = split(truth, { atom: 1 });
      // sigma(b') = sigma(b) / 2, not exp(b') = exp(b) / 2.
      const weight = 1 / (1 + Math.exp(-other.gateParams.bias![1]!));
      expect(weight).toBeCloseTo(0.5 / (1 + Math.exp(-0.75)), 14);
      expect(functionDistance({ truth, other }, rows)).toBeLessThan(2e-13);
      expect(() => split(truth, { atom: 0 })).toThrow('depends on the input (regime 2)');
    }
  });

  test('what a softmax alone has is refused, and what a sigmoid alone has under a softmax', () => {
    const truth = truthOf(numbers[0]![1], numbers[0]![2]);
    expect(() => commonTilt(truth)).toThrow('[tfjs-moe] commonTilt: the gate must be a softmax');
    const softmaxed = { ...truth, gate: softmax() };
    expect(() => amplitudeSplit(softmaxed)).toThrow('divides its weights by their sum');
    expect(() => amplitudeSplit(drawnMixture(sigmoid(), ridge('tanh'), 1, 2))).toThrow('in none of its');
    expect(() => amplitudeSplit(truth, { share: 1 })).toThrow('share must be between 0 and 1');
  });
});

test('an atom that nothing is seen of proves nothing', () => {
  const truth = drawnMixture(softmax(), linear(), 1, 2);
  const silent = { ...truth, expertParams: { kernel: [0, 1], bias: [0, 1] } };
  expect(() => counterexamples.scaleSplit(silent)).toThrow('cannot be checked');
});

test('under a temperature the mass of an atom is exp(b / tau), and in a tree every group has as many experts', () => {
  for (const gate of [
    temperature(),
    hierarchical({ groups: 2 }),
    hierarchical({ groups: 2, inner: temperature() }),
  ]) {
    const truth = drawnMixture(gate, linear(), 2, 4);
    for (const split of [counterexamples.biasSplit, counterexamples.scaleSplit]) {
      const example = split(truth, { atom: 3 });
      expect(example.other.experts).toBe(gate.kind === 'hierarchical' ? 6 : 5);
      expect(functionDistance(example, inputs(2))).toBeLessThan(ROUNDING);
    }
  }
});

test('what cannot be built is refused with the reason', () => {
  const truth = drawnMixture(softmax(), linear(), 1, 2);
  const { biasSplit, scaleSplit, commonTilt, rescaledTemperature, theoremSix, theoremTwo } = counterexamples;
  expect(() => biasSplit(truth, { atom: 2 })).toThrow('atom must be an integer between 0 and 1');
  expect(() => biasSplit(truth, { parameter: 'offset' })).toThrow('no parameter "offset"');
  expect(() => scaleSplit(truth, { parameters: ['bias'], factor: 1 })).toThrow('not 1');
  expect(() => commonTilt(truth, { tilt: [0] })).toThrow('not all zero');
  expect(() => rescaledTemperature(truth)).toThrow('no temperature that is learned');
  expect(() => theoremSix(truth, { n: 1, r: 1 })).toThrow('hierarchical');
  expect(() => theoremTwo(truth, { n: 0.5, r: 1 })).toThrow('n must be an integer');
  expect(() => measureOutput({ ...truth, expertParams: { kernel: [1, 2] } }, [[1]])).toThrow(
    'expertParams must have 2 numbers under "bias"',
  );
  const broken = { ...truth.expertParams, bias: [Number.NaN, 0] };
  expect(() => measureOutput({ ...truth, expertParams: broken }, [[1]])).toThrow('must be finite');
});
