/** Measures of several responses: what is refused, and where covariances go with their experts. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import {
  canonical,
  gaussian,
  type MixingMeasure,
  measureFromJSON,
  measureToJSON,
  mixingMeasure,
  poisson,
  responsibilities,
} from '../../src/index.ts';
import { drawVector, innovationsOf } from '../../src/vectors/innovations.ts';

const measure: MixingMeasure = {
  ...{ gate: softmax(), expert: linear(), inputDim: 1, experts: 2, units: 2, family: gaussian() },
  gateParams: { 'router/kernel': [1, 0], bias: [2, 0] },
  expertParams: { kernel: [1, 2, 3, 4], bias: [0, 1, 2, 3] },
  covariances: [
    [1, 0, 1],
    [4, 1, 1],
  ],
};

describe('covariances', () => {
  test('go where their experts go, and through JSON in a version of its own', () => {
    const sorted = canonical(measure);
    expect(sorted.covariances).toEqual([
      [4, 1, 1],
      [1, 0, 1],
    ]);
    expect(sorted.expertParams.bias).toEqual([2, 3, 0, 1]);
    const json = measureToJSON(measure);
    expect(json.version).toBe(3);
    expect(measureFromJSON(JSON.parse(JSON.stringify(json)))).toMatchObject({
      covariances: measure.covariances,
    });
  });

  test.each<[string, object, string]>([
    ['dispersions beside them', { dispersions: [1] }, 'in place of dispersions'],
    ['another family', { family: poisson() }, 'whose family is gaussian'],
    ['three of two experts', { covariances: [[1], [1], [1]] }, 'covariances must be 1 or 2 lists'],
    ['too few numbers', { covariances: [[1, 0]] }, 'with 2 rows'],
    ['no positive definite matrix', { covariances: [[1, 2, 1]] }, 'positive definite'],
    ['no list', { covariances: 3 }, 'covariances must be 1 or 2 lists'],
  ])('%s are refused', (_, change, message) => {
    expect(() => mixingMeasure({ ...measure, ...change } as MixingMeasure)).toThrow(message);
  });

  test('decide whose a row is: by the densities written out', () => {
    const [response, second] = [[0.5], [2.5]];
    const found = responsibilities(measure, {
      inputs: [[0]],
      response,
      moreResponses: [{ values: second }],
    });
    const density = (a: number, b: number, [u, v, w]: readonly number[]) => {
      const determinant = u! * w! - v! ** 2;
      const square = (w! * a * a - 2 * v! * a * b + u! * b * b) / determinant;
      return Math.exp(-0.5 * square) / Math.sqrt(determinant);
    };
    const first = Math.exp(2) * density(0.5, 1.5, [1, 0, 1]);
    const other = density(0.5 - 2, 2.5 - 3, [4, 1, 1]);
    expect(found[0]).toBeCloseTo(first / (first + other), 12);
    expect(() => responsibilities(measure, { inputs: [[0]], response })).toThrow('as many responses');
    const one: MixingMeasure = { ...measure, units: 1, expertParams: { kernel: [1, 2], bias: [0, 1] } };
    const { covariances: _, ...plain } = { ...one, dispersions: [1] };
    expect(() =>
      responsibilities(plain, { inputs: [[0]], response, moreResponses: [{ values: second }] }),
    ).toThrow('of a measure with covariances');
  });

  test('what is drawn has them', () => {
    const random = stream(1, 'drawn');
    const draws = Array.from({ length: 4000 }, () => drawVector([1, 2], innovationsOf([4, 1, 1])!, random));
    const moment = (of: (draw: readonly number[]) => number) =>
      draws.reduce((sum, draw) => sum + of(draw) / draws.length, 0);
    expect(moment(([a]) => (a! - 1) ** 2)).toBeCloseTo(4, 0);
    expect(moment(([a, b]) => (a! - 1) * (b! - 2))).toBeCloseTo(1, 0);
    expect(moment(([, b]) => b!)).toBeCloseTo(2, 1);
  });
});
