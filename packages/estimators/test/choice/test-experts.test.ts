import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { expertsTestParts, testExperts } from '../../src/index.ts';

const random = stream(5);
const inputs = Array.from({ length: 120 }, () => [2 * random.uniform() - 1]);
const model = { gate: softmax(), expert: linear(), starts: 2, seed: 3 };
const line = { inputs, response: inputs.map(([x]) => 1 + x! + 0.5 * random.normal()) };
const lines = {
  inputs,
  response: inputs.map(([x]) => (random.uniform() < 0.5 ? 2 : -2) * (1 + x!) + 0.2 * random.normal()),
};

test('one line is enough where there is one, and not where there are two', () => {
  const enough = testExperts({ ...model, data: line, experts: 1, replicates: 19 });
  expect(enough.statistic).toBeCloseTo(2 * (enough.larger.logLikelihood - enough.fit.logLikelihood), 9);
  const asLarge = enough.replicates.filter((each) => each >= enough.statistic).length;
  expect(enough.pValue).toBe((1 + asLarge) / 20);
  expect(enough.pValue).toBeGreaterThan(0.1);
  const short = testExperts({ ...model, data: lines, experts: 1, replicates: 9 });
  expect(short.pValue).toBe(0.1);
  expect(Math.min(...short.replicates)).toBeGreaterThanOrEqual(0);
  expect(short.statistic).toBeGreaterThan(3 * Math.max(...short.replicates));
});

test('replicates are the same however they are shared', () => {
  const told: [number, number][] = [];
  const all = testExperts({ ...model, data: line, experts: 1, replicates: 4 });
  const onReplicate = (index: number, statistic: number) => void told.push([index, statistic]);
  for (const first of [2, 0])
    testExperts({ ...model, data: line, experts: 1, replicates: 2, first, onReplicate });
  expect(told.map(([index]) => index)).toEqual([2, 3, 0, 1]);
  expect([...told.slice(2), ...told.slice(0, 2)].map(([, statistic]) => statistic)).toEqual(all.replicates);
});

test('the parts give what the whole gives, one by one', () => {
  const all = testExperts({ ...model, data: lines, experts: 1, replicates: 3 });
  const parts = expertsTestParts({ ...model, data: lines, experts: 1 });
  expect(parts.against).toBe(2);
  expect(parts.observed().statistic).toBe(all.statistic);
  const found = [2, 0, 1].map((index) => parts.replicate(index));
  expect([found[1], found[2], found[0]].map((one) => one!.statistic)).toEqual(all.replicates);
  expect(found.filter(({ converged }) => !converged)).toHaveLength(all.unconverged);
  expect(() => parts.replicate(-1)).toThrow('the number of a replicate');
});

test('counts, weights and groups are drawn as they are', () => {
  const rates = inputs.map(([x]) => Math.round(Math.exp(1 + x!) + Math.abs(random.normal())));
  const data = { inputs, response: rates, groups: inputs.map((_, i) => i >> 1) };
  const found = testExperts({
    ...model,
    gate: softmax({ router: 'constant' }),
    family: 'poisson',
    data,
    experts: 1,
    replicates: 2,
  });
  expect(found.replicates).toHaveLength(2);
  expect(found.larger.groups?.n).toBe(60);
});

test.each<[string, object]>([
  ['against must be an integer of at least 2', { against: 1 }],
  ['replicates must be an integer of at least 1', { replicates: 0 }],
  ['unknown option "initial"', { initial: {} }],
  ['testExperts: family must be one', { experts: 2, family: ['gaussian', 'studentT'] }],
])('%s', (said, wrong) => {
  expect(() => testExperts({ ...model, data: line, experts: 1, ...wrong } as never)).toThrow(said);
});
