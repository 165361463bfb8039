import { MoeError, stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { sigmoid, softmax, temperature } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import {
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
  type MaximumLikelihoodOptions,
  summary,
} from '../../src/index.ts';

const random = stream(1);
const inputs = Array.from({ length: 200 }, () => [random.normal(), 3 * random.uniform()]);
const response = inputs.map(
  ([a, b]) => (a! + random.normal() > 0 ? 2 * a! + b! : -a! - 1) + 0.3 * random.normal(),
);

function fit(options: Partial<MaximumLikelihoodOptions>): MaximumLikelihoodFit {
  const found = fitMaximumLikelihood({
    gate: softmax(),
    expert: linear(),
    experts: 2,
    starts: 3,
    data: { inputs, response },
    ...options,
  });
  // Whatever happened: numbers, and a text that can be read.
  expect(Number.isFinite(found.logLikelihood)).toBe(true);
  for (const { value } of found.estimates) expect(Number.isFinite(value)).toBe(true);
  for (const row of found.covariances.observed)
    for (const value of row) expect(Number.isFinite(value)).toBe(true);
  expect(summary(found).text).not.toMatch(/NaN|undefined|Infinity/);
  return found;
}

const reasons = ({ warnings }: MaximumLikelihoodFit) => warnings.map(({ reason }) => reason);

describe('degenerate data', () => {
  test('a constant response, one row repeated, a single row: named errors', () => {
    const constant = { inputs, response: response.map(() => 3) };
    const repeated = { inputs: inputs.map(() => [1, 2]), response: response.map(() => 3) };
    const single = { inputs: inputs.slice(0, 1), response: response.slice(0, 1) };
    for (const data of [constant, repeated, single]) {
      expect(() => fit({ data })).toThrow('the response must not be constant');
    }
  });

  test('NaN and infinity: errors with row and column', () => {
    const bad = response.map((y, i) => (i === 7 ? Number.NaN : y));
    expect(() => fit({ data: { inputs, response: bad } })).toThrow('"y" must hold finite numbers; row 7');
    const infinite = inputs.map((row, i) => (i === 3 ? [Infinity, 1] : row));
    expect(() => fit({ data: { inputs: infinite, response } })).toThrow(
      '"x1" must hold finite numbers; row 3',
    );
  });

  test('collinear and constant inputs are left out, as in R, and the fit is that without them', () => {
    const without = fit({});
    const twice = fit({ data: { inputs: inputs.map(([a, b]) => [a!, b!, a! - 2 * b!]), response } });
    expect(reasons(twice)).toEqual(['collinear inputs']);
    expect(twice.logLikelihood).toBeCloseTo(without.logLikelihood, 8);
    expect(twice.degreesOfFreedom).toBe(without.degreesOfFreedom);
    expect(twice.estimates.filter(({ status }) => status === 'aliased').map(({ name }) => name)).toEqual([
      'x3',
      'x3',
      'x3',
    ]);
    const flat = fit({ data: { inputs: inputs.map(([a, b]) => [a!, 4, b!]), response } });
    expect(flat.estimates.filter(({ status }) => status === 'aliased').map(({ name }) => name)).toEqual([
      'x2',
      'x2',
      'x2',
    ]);
    expect(flat.logLikelihood).toBeCloseTo(without.logLikelihood, 8);
  });

  test('fewer rows than parameters, and two distinct rows: an end that is called degenerate', () => {
    const few = fit({ experts: 3, data: { inputs: inputs.slice(0, 12), response: response.slice(0, 12) } });
    expect(reasons(few)).toContain('few rows');
    const fewer = { inputs: inputs.slice(0, 11), response: response.slice(0, 11) };
    expect(() => fit({ experts: 3, data: fewer, onProgress: () => expect.unreachable('no climb') })).toThrow(
      'experts must be at most 2: each of them needs 4 rows for its numbers, and there are 11',
    );
    const two = fit({
      data: { inputs: inputs.map((_, i) => [i % 2, 2]), response: response.map((_, i) => i % 2) },
    });
    expect(two.converged).toBe(false);
    expect(reasons(two)).toContain('vanishing variance');
  });

  test('an expert that fits its rows exactly is stopped at the smallest variance', () => {
    const exact = inputs.map(([a], i) => (i < 60 ? 2 * a! + 1 : response[i]!));
    const found = fit({ data: { inputs, response: exact }, minVariance: 1e-6 });
    if (reasons(found).includes('vanishing variance')) {
      expect(found.estimates.some(({ status }) => status === 'at bound')).toBe(true);
    }
    const line = fit({ data: { inputs, response: inputs.map(([a]) => 2 * a! + 1) } });
    expect(reasons(line)).toContain('vanishing variance');
  });

  test('outliers, even absurd ones', () => {
    for (const size of [1e3, 1e6, 1e100]) {
      fit({ data: { inputs, response: response.map((y, i) => (i === 7 ? size : y)) } });
      fit({ data: { inputs: inputs.map((row, i) => (i === 7 ? [size, 1] : row)), response } });
    }
    const beyond = response.map((y, i) => (i === 7 ? 1e200 : y));
    expect(() => fit({ data: { inputs, response: beyond } })).toThrow(MoeError);
  });

  test('a gate that divides the rows without error has no standard errors', () => {
    const apart = inputs.map(([a], i) => (a! > 0 ? 50 : -50) + response[i]!);
    const found = fit({ data: { inputs, response: apart } });
    expect(reasons(found)).toEqual(['separated gate']);
    const gate = found.estimates.filter(({ group }) => group === 'gate 1');
    expect(gate.every(({ status }) => status === 'not identified')).toBe(true);
    expect(
      found.estimates.filter(({ part, status }) => part === 'expert' && status === 'estimated'),
    ).toHaveLength(6);
  });

  test('the scale of a temperature over a linear router is not identified', () => {
    const found = fit({ gate: temperature() });
    expect(reasons(found)).toEqual(['scale of the temperature']);
    expect(found.converged).toBe(true);
    expect(found.logLikelihood).toBeCloseTo(fit({}).logLikelihood, 8);
    for (const { part, status } of found.estimates) {
      if (part === 'gate') expect(['not identified', 'reference']).toContain(status);
      else expect(status).toBe('estimated');
    }
  });

  test('equal experts from an equal start: a saddle is left, not called a maximum', () => {
    const responsibilities = inputs.map(() => [0.5, 0.5]);
    const found = fit({ initial: { responsibilities } });
    expect(found.converged).toBe(true);
    expect(found.logLikelihood).toBeCloseTo(fit({}).logLikelihood, 6);
  });

  test('weights of the gate that are no probabilities are refused', () => {
    expect(() => fit({ gate: sigmoid() })).toThrow('must sum to 1');
  });

  test('starts that end degenerate are replaced, and progress counts them', () => {
    const seen: { start: number; starts: number }[] = [];
    const few = { inputs: inputs.slice(0, 16), response: response.slice(0, 16) };
    const found = fit({ experts: 3, data: few, starts: 3, onProgress: (each) => seen.push(each) });
    expect(found.starts.length).toBeGreaterThan(3);
    for (const { start, starts } of seen) expect(start).toBeLessThan(starts);
    expect(seen.at(-1)!.starts).toBe(found.starts.length);
  });

  test('weights that are only relative, with sum 1, leave as many rows as there are', () => {
    const relative = inputs.map((_, i) => 1 + (i % 3));
    const sum = relative.reduce((a, b) => a + b, 0);
    const of = (weights: number[]) => fit({ data: { inputs, response, weights }, starts: 2 });
    const found = of(relative.map((weight) => weight / sum));
    expect(found.converged).toBe(true);
    expect(reasons(found)).toEqual([]);
    const counted = of(relative.map((weight) => (weight * inputs.length) / sum));
    expect(found.logLikelihood * inputs.length).toBeCloseTo(counted.logLikelihood, 6);
  });

  test('says so when iterations run out', () => {
    const found = fit({ maxIterations: 2 });
    expect(found.converged).toBe(false);
    expect(found.ending).toBe('iterations');
    expect(reasons(found)).toContain('not converged');
    expect(summary(found).text).toContain('NOT CONVERGED');
  });

  test.each<[string, object, string]>([
    ['experts', { experts: 0 }, 'experts must be an integer of at least 1'],
    ['an unknown option', { restarts: 3 }, 'unknown option "restarts"'],
    ['a clash', { initial: { clusters: [], responsibilities: [] } }, 'initial must have one of'],
    ['clusters', { initial: { clusters: [0, 1] } }, 'clusters must have 200 numbers'],
    ['labels', { initial: { clusters: inputs.map(() => 2) } }, 'clusters must be an integer between 0 and 1'],
    [
      'responsibilities',
      { initial: { responsibilities: inputs.map(() => [0.5, 0.6]) } },
      'row 0 of responsibilities',
    ],
    ['variances', { variances: 'equal' }, "variances must be one of 'common', 'own'"],
    ['tolerance', { tolerance: 0 }, 'tolerance must be a finite number above 0'],
  ])('refuses %s', (_name, options, message) => {
    expect(() => fit(options)).toThrow(message);
  });
});
