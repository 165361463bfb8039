/** Paths of penalties, and how strong one should be. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { crossValidatePath, fitMaximumLikelihood, penaltyPath } from '../../src/index.ts';

const random = stream(8, 'path');
const inputs = Array.from({ length: 90 }, () => Array.from({ length: 5 }, () => random.normal()));
const response = inputs.map(
  ([a, b]) => (random.uniform() < 0.5 ? 4 + 2 * a! : -4 - 2 * b!) + 0.7 * random.normal(),
);
const model = { gate: softmax(), expert: linear(), data: { inputs, response } };

test('the strongest penalty leaves no slope, the next some, and each fit is no worse than one from starts of its own', () => {
  for (const experts of [1, 2]) {
    const path = penaltyPath({ ...model, experts, count: 6, starts: 3 });
    const numbers = path.map(
      ({ measure }) => measure.expertParams.kernel!.filter((slope) => slope !== 0).length,
    );
    expect(numbers[0]).toBeLessThanOrEqual(1);
    expect(numbers[1]).toBeGreaterThan(0);
    expect(path.every(({ converged }) => converged)).toBe(true);
    const lambdas = path.map(({ penalty }) => penalty!.lambda);
    expect(lambdas).toEqual([...lambdas].sort((a, b) => b - a));
    const alone = fitMaximumLikelihood({ ...model, experts, starts: 3, penalty: path[2]!.penalty! });
    expect(path[2]!.penalisedLogLikelihood).toBeGreaterThan(alone.penalisedLogLikelihood! - 1e-6);
  }
});

test('cross-validation chooses a strength that keeps what matters', () => {
  const { fits, best, strongest, logLikelihoods, standardErrors } = crossValidatePath({
    ...{ ...model, experts: 2, starts: 2 },
    ...{ lambdas: [0.002, 0.05, 0.2, 5], folds: 3 },
  });
  expect(fits.map(({ penalty }) => penalty!.lambda)).toEqual([5, 0.2, 0.05, 0.002]);
  expect(strongest).toBeLessThanOrEqual(best);
  expect(best).toBeGreaterThan(0);
  expect(logLikelihoods[strongest]).toBeGreaterThanOrEqual(logLikelihoods[best]! - standardErrors[best]!);
  const kernel = fits[best]!.measure.expertParams.kernel!;
  expect(kernel.filter((slope) => Math.abs(slope) > 0.5)).toHaveLength(2);
});

test('strengths that are none are refused by name', () => {
  const of = (options: object) => () => penaltyPath({ ...model, experts: 1, ...options });
  expect(of({ lambdas: [] })).toThrow('lambdas must be a list');
  expect(of({ lambdas: [-1] })).toThrow('lambdas');
  expect(of({ count: 1 })).toThrow('count');
  expect(of({ lamdas: [1] })).toThrow('lambdas');
});

describe('the strengths of a path', () => {
  const random = stream(8, 'edges');
  const rows = Array.from({ length: 60 }, () => [random.normal(), 7, random.normal()]);
  const response = rows.map(([a, , b]) => 1 + 2 * a! - b! + 0.5 * random.normal());
  const line = { gate: softmax(), expert: linear(), experts: 1, starts: 1, data: { inputs: rows, response } };

  test('begin where no slope is left, and a constant column has none', () => {
    const fits = penaltyPath({ ...line, count: 5 });
    const slopes = fits.map(({ measure }) => measure.expertParams.kernel!);
    slopes[0]!.forEach((slope) => {
      expect(Math.abs(slope)).toBeLessThan(1e-6);
    });
    expect(slopes[1]!.some((slope) => Math.abs(slope) > 1e-3)).toBe(true);
    slopes.forEach((own) => {
      expect(own[1]).toBe(0);
    });
    fits.slice(1).forEach((fit, i) => {
      expect(fit.penalty!.lambda).toBeLessThan(fits[i]!.penalty!.lambda);
      expect(fit.penalisedLogLikelihood!).toBeGreaterThanOrEqual(fits[i]!.penalisedLogLikelihood! - 1e-9);
    });
  });

  test('are one where one is given, and each once', () => {
    expect(penaltyPath({ ...line, lambdas: [0.2] })).toHaveLength(1);
    const order = penaltyPath({ ...line, lambdas: [0.1, 0.3, 0.1] }).map(({ penalty }) => penalty!.lambda);
    expect(order).toEqual([0.3, 0.1]);
  });

  test.each<[string, object, string]>([
    ['a strength in the penalty', { penalty: { lambda: 3 } }, 'unknown option "lambda"'],
    ['a number of strengths beside them', { lambdas: [1, 2], count: 7 }, 'give them or count'],
    ['no strengths', { lambdas: [] }, 'lambdas must be a list'],
    ['a strength below 0', { lambdas: [-1] }, 'lambdas must be'],
    ['a single one of its own choice', { count: 1 }, 'count must be'],
    ['no rows', { data: { inputs: [], response: [] } }, 'at least one observation'],
    [
      'only constant columns',
      { data: { inputs: rows.map(() => [7]), response } },
      'slopes that can be shrunk',
    ],
  ])('refuse %s', (_, change, message) => {
    expect(() => penaltyPath({ ...line, ...change })).toThrow(message);
  });
});
