/** Weights say how often a row counts, also in what is drawn anew. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { eachObserved } from '../../src/choice/drawn-units.ts';
import {
  bootstrap,
  expertsTestParts,
  fitMaximumLikelihood,
  type Sample,
  standardErrors,
} from '../../src/index.ts';
import { columnsOfSample } from '../../src/sample.ts';

const random = stream(6, 'weighted');
const x = Array.from({ length: 60 }, () => random.normal());
const rows: Sample = {
  inputs: x.map((value) => [value]),
  response: x.map((value) => 1 + 2 * value + random.normal()),
};
const weights = x.map((_, i) => [9, 0, 3][i % 3]!);
const repeated = weights.flatMap((weight, i) => new Array<number>(weight).fill(i));
const expanded: Sample = {
  inputs: repeated.map((i) => rows.inputs[i]!),
  response: repeated.map((i) => rows.response[i]!),
};
const line = { gate: softmax(), expert: linear(), experts: 1, starts: 1 } as const;

describe('the bootstrap by weights', () => {
  test.each(['nonparametric', 'parametric'] as const)('%s: errors of the rows repeated', (kind) => {
    const data = { ...rows, weights };
    const found = bootstrap(fitMaximumLikelihood({ ...line, data }), data, { kind, replicates: 40, seed: 2 });
    const plain = bootstrap(fitMaximumLikelihood({ ...line, data: expanded }), expanded, {
      kind,
      replicates: 40,
      seed: 3,
    });
    expect(found.failed).toBe(0);
    found.rows.forEach(({ part, standardError }, i) => {
      if (part === 'gate') return;
      expect(standardError / plain.rows[i]!.standardError).toBeGreaterThan(0.6);
      expect(standardError / plain.rows[i]!.standardError).toBeLessThan(1.65);
    });
  });

  test('of parts of a row: as many draws as they sum to, and of a survey as many as there are rows', () => {
    const [half, survey] = [0.5, 0.01].map((each) => {
      const data = { ...rows, weights: x.map((_, i) => (i % 2 === 0 ? each : 3 * each)) };
      const fit = fitMaximumLikelihood({ ...line, data });
      expect(() => bootstrap(fit, data, { kind: 'parametric' })).toThrow('weights must be whole numbers');
      const place = fit.estimates.findIndex(({ part }) => part === 'expert');
      const { rows: found } = bootstrap(fit, data, { replicates: 40 });
      return { byInformation: standardErrors(fit)[place]!, drawn: found[place]!.standardError };
    });
    // An error by the information grows with the weights, that of relative ones does not.
    const [ofParts, ofRelative] = [half!.drawn / half!.byInformation, survey!.drawn / half!.drawn];
    for (const ratio of [ofParts, ofRelative]) {
      expect(ratio).toBeGreaterThan(0.65);
      expect(ratio).toBeLessThan(1.5);
    }
  });

  test('of groups draws whole groups', () => {
    const data = {
      ...rows,
      groups: x.map((_, i) => i >> 1),
      gateInputs: [],
      weights: x.map((_, i) => 1 + ((i >> 1) % 3)),
    };
    const fit = fitMaximumLikelihood({ ...line, data });
    for (const kind of ['nonparametric', 'parametric'] as const)
      expect(bootstrap(fit, data, { kind, replicates: 3 }).failed).toBe(0);
    const each = eachObserved('test', data, columnsOfSample('test', data));
    expect(each.inputs).toHaveLength(data.weights.reduce((sum, weight) => sum + weight, 0));
    expect(new Set(Array.from(each.groups!)).size).toBe(each.inputs.length / 2);
  });
});

test('a test of the number of experts draws a response each time that a row counts', () => {
  const options = { ...line, experts: 1 };
  const [weighted, plain] = [{ ...rows, weights }, expanded].map((data) =>
    expertsTestParts({ ...options, data }).replicate(0),
  );
  expect(weighted!.statistic).toBeCloseTo(plain!.statistic, 4);
  expect(() => expertsTestParts({ ...options, data: { ...rows, weights: x.map(() => 0.5) } })).toThrow(
    'expertsTestParts: a response is drawn each time',
  );
});
