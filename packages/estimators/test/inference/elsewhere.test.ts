/** Tests and predictions where a fit is not two lines under a softmax. */
import { stream } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, softmax } from '@tfjs-moe/gates';
import { getFamily, mixingMeasure } from '@tfjs-moe/measures';
import { expect, test } from 'vitest';
import { contrasts, fitMaximumLikelihood, predictResponse, testExperts, waldTest } from '../../src/index.ts';

const random = stream(21);
const inputs = Array.from({ length: 300 }, () => [random.normal(), random.normal()]);
const isFirst = inputs.map(([, z]) => random.uniform() < 1 / (1 + Math.exp(-2 * z!)));
const inputNames = ['x', 'z'];
const lines = inputs.map(([x], i) => (isFirst[i] ? 1 + 2 * x! : -1 - x!) + 0.3 * random.normal());
const counts = inputs.map(([x], i) => {
  if (isFirst[i]) return 0;
  const rate = Math.exp(1 + 0.4 * x!);
  let [count, product] = [0, random.uniform()];
  for (; product > Math.exp(-rate); count++) product *= random.uniform();
  return count;
});
const model = { gate: softmax(), expert: linear(), starts: 3 };

test('a side that does not see an input has no hypothesis on it', () => {
  const data = { inputs, response: lines, inputNames, gateInputs: ['z'], expertInputs: ['x'] };
  const fit = fitMaximumLikelihood({ ...model, experts: 2, data });
  expect(waldTest(fit, 'x = 0').hypotheses.map(({ text }) => text)).toEqual([
    'expert 1: x = 0',
    'expert 2: x = 0',
  ]);
  expect(waldTest(fit, 'z').degreesOfFreedom).toBe(1);
  expect(() => waldTest(fit, 'expert: z = 0')).toThrow('must name numbers of the tables');
  const enough = testExperts({ ...model, data, experts: 2, replicates: 2, starts: 2 });
  expect(enough.pValue).toBeGreaterThan(0);
  expect(enough.larger.measure.experts).toBe(3);
});

test('an expert that is held has no hypothesis, and stays held in replicates', () => {
  const data = { inputs, response: counts, inputNames, gateInputs: ['z'], expertInputs: ['x'] };
  const options = { ...model, family: 'poisson', data, zeroExpert: true } as const;
  const fit = fitMaximumLikelihood({ ...options, experts: 2 });
  expect(waldTest(fit, 'expert: x = 0').degreesOfFreedom).toBe(1);
  expect(() => contrasts(fit, 'expert 2: x')).toThrow('must have a name that was estimated');
  const { mean, gate } = predictResponse(fit.measure, inputs.slice(0, 5));
  mean!.forEach((value, i) => {
    expect(value).toBeLessThan(gate[2 * i]! * 30);
  });
  const tested = testExperts({ ...options, experts: 2, replicates: 2, starts: 2 });
  expect(tested.fit.zeroExpert).toBe(true);
  expect(tested.larger.zeroExpert).toBe(true);
});

test('a tree of gates and experts with hidden units have names for every number', () => {
  const gate = hierarchical({ groups: 2 });
  const tree = fitMaximumLikelihood({
    gate,
    expert: linear(),
    experts: 4,
    starts: 1,
    data: { inputs, response: lines, inputNames },
  });
  for (const { group, name, status } of tree.estimates) {
    if (status === 'estimated') expect(contrasts(tree, `${group}: ${name}`)).toHaveLength(1);
  }
  const hidden = fitMaximumLikelihood({
    gate: softmax(),
    expert: ffn({ hiddenUnits: 1, activation: 'tanh' }),
    experts: 1,
    starts: 1,
    data: { inputs, response: lines, inputNames },
  });
  for (const { group, name, status } of hidden.estimates) {
    if (status === 'estimated') expect(contrasts(hidden, `${group}: ${name}`)).toHaveLength(1);
  }
});

test('a law without a mean has intervals all the same', () => {
  const cauchy = mixingMeasure({
    gate: softmax(),
    expert: linear(),
    inputDim: 1,
    experts: 1,
    gateParams: { 'router/kernel': [0], bias: [0] },
    expertParams: { kernel: [1], bias: [2] },
    dispersions: [3],
    family: getFamily({ kind: 'studentT', degreesOfFreedom: 1 }),
  });
  const { interval } = predictResponse(cauchy, [[1]], { level: 0.5 });
  // The quartiles of Cauchy's law are one scale away.
  expect(interval!.low[0]).toBeCloseTo(0, 8);
  expect(interval!.high[0]).toBeCloseTo(6, 8);
});

test('a row that is no number is refused', () => {
  const fit = fitMaximumLikelihood({ ...model, experts: 1, data: { inputs, response: lines } });
  expect(() => predictResponse(fit.measure, [[Number.NaN, 0]])).toThrow('predictResponse');
  expect(() => predictResponse(fit.measure, [[0]])).toThrow('predictResponse');
});
