/** The smallest variance of several responses: a wall at which a climb arrives, and not a place where it gives up. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { bootstrap, fitFromJSON, fitMaximumLikelihood, fitToJSON, type Sample } from '../../../src/index.ts';

const random = stream(5, 'smallest variance');
const n = 80;
const x = Array.from({ length: n }, () => 2 * random.uniform() - 1);
const first = x.map((value) => 1000 + 3 * value + random.normal());
const second = x.map((value, i) => 50 - 20 * value + 4 * (first[i]! - 1000) + 7 * random.normal());
const data: Sample = {
  inputs: x.map((value) => [value]),
  response: first,
  responseName: 'a',
  moreResponses: [{ name: 'b', values: second }],
};
const model = { gate: softmax(), expert: linear(), experts: 1, starts: 1, data } as const;

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const varianceOf = (values: readonly number[]) =>
  meanOf(values.map((value) => (value - meanOf(values)) ** 2));

/** What a line in one column leaves. */
function left(y: readonly number[], by: readonly number[]): number[] {
  const [my, mb] = [meanOf(y), meanOf(by)];
  const slope = meanOf(y.map((value, i) => (value - my) * (by[i]! - mb))) / varianceOf(by);
  return y.map((value, i) => value - my - slope * (by[i]! - mb));
}

/** Of one expert in closed form: least squares whatever the walls, each variance as near to its own as it may be. */
function largest(least: number): number {
  const a = left(first, x);
  const b = left(left(second, x), a);
  return [
    { rest: varianceOf(a), wall: least * varianceOf(first) },
    { rest: varianceOf(b), wall: least * varianceOf(second) },
  ].reduce((sum, { rest, wall }) => {
    const variance = Math.max(rest, wall);
    return sum - (n / 2) * (Math.log(2 * Math.PI * variance) + rest / variance);
  }, 0);
}

describe('the smallest variance of several responses', () => {
  const [ofFirst, ofSecond] = [
    varianceOf(left(first, x)) / varianceOf(first),
    varianceOf(left(left(second, x), left(first, x))) / varianceOf(second),
  ];
  const [low, high] = [Math.min(ofFirst, ofSecond), Math.max(ofFirst, ofSecond)];
  const lower = ofFirst < ofSecond ? 'sigma a' : 'sigma b';
  test.each<[string, number, readonly string[]]>([
    ['far below', 1e-8, []],
    ['nearly reached', 0.95 * low, []],
    ['above that of one', (low + high) / 2, [lower]],
    ['above both', 1.1 * high, ['sigma a', 'sigma b']],
  ])('%s: the largest likelihood that it leaves', (_, minVariance, atBound) => {
    const fit = fitMaximumLikelihood({ ...model, minVariance });
    const wanted = largest(minVariance);
    expect(Math.abs(fit.logLikelihood - wanted)).toBeLessThan(1e-8 * Math.abs(wanted));
    expect(fit.converged).toBe(atBound.length === 0);
    expect(fit.ending === 'vanishing variance').toBe(atBound.length > 0);
    expect(fit.estimates.filter(({ status }) => status === 'at bound').map(({ name }) => name)).toEqual(
      atBound,
    );
  });

  test('is a part of the variance also where no intercept takes up the mean', () => {
    const fit = fitMaximumLikelihood({
      ...model,
      expert: linear({ useBias: false }),
      data: { ...data, inputs: x.map((value) => [value, 1]) },
      minVariance: 1.1 * high,
    });
    expect(fit.logLikelihood).toBeCloseTo(largest(1.1 * high), 6);
  });

  test('of a mixture is where the climb arrives', () => {
    const rows = x.map((value, i) => (i % 2 === 0 ? 1 : -1) * (5 + value) + 0.01 * first[i]!);
    const mixture = fitMaximumLikelihood({
      ...model,
      experts: 2,
      starts: 3,
      minVariance: 0.01,
      data: { ...data, response: rows },
    });
    const endings = mixture.starts.map(({ ending }) => ending);
    expect(endings).toContain('vanishing variance');
    expect(endings).not.toContain('stalled');
  });
});

test('a fit keeps the smallest variance that was asked for, so that refits have it', () => {
  const one = { ...data, moreResponses: [] };
  const fit = fitMaximumLikelihood({ ...model, data: one, minVariance: 0.6 });
  const read = fitFromJSON(JSON.parse(JSON.stringify(fitToJSON(fit))));
  expect(read.minVariance).toBe(0.6);
  expect(() => bootstrap(read, one, { replicates: 3 })).toThrow(
    'at least two replicates must converge for a standard error, of 3 there did. Received: 0',
  );
});
