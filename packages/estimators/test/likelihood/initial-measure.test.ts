/** A measure to start from: taken as it is, put at the wall, or refused by name, and never left where nothing can be climbed. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax, temperature } from '@tfjs-moe/gates';
import { gaussian, getFamily, type MixingMeasure } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import { fitMaximumLikelihood, type MaximumLikelihoodOptions } from '../../src/index.ts';

const random = stream(4, 'initial measure');
const x = Array.from({ length: 100 }, () => 4 * random.uniform() - 2);
const isFirst = x.map((value) => random.uniform() < 1 / (1 + Math.exp(-2 * value)));
const y = x.map((value, i) =>
  isFirst[i] ? 1000 * (1 + 2 * value + 0.5 * random.normal()) : 1000 * (random.normal() - 2 - value),
);
const counts = x.map(() => random.integer(6));
const data = { inputs: x.map((value) => [value]), response: y };
const measure: MixingMeasure = {
  gate: softmax(),
  expert: linear(),
  inputDim: 1,
  experts: 2,
  gateParams: { 'router/kernel': [1, 0], bias: [0, 0] },
  expertParams: { kernel: [2000, -1000], bias: [1000, -2000] },
};
const model = { gate: softmax(), expert: linear(), experts: 2, data } as const;
const from = (of: object, change: Partial<MaximumLikelihoodOptions> = {}) =>
  fitMaximumLikelihood({ ...model, ...change, initial: { measure: { ...measure, ...of } } });

describe('an initial measure', () => {
  const best = from({ dispersions: [500, 1000] });
  const varianceOf = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value / values.length, 0);
    return values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0);
  };
  const deviation = Math.sqrt(varianceOf(y));

  test('without dispersions begins with that of the response', () => {
    const bare = from({});
    expect(bare.history[0]).toBeCloseTo(from({ dispersions: [deviation] }).history[0]!, 9);
    expect(bare.logLikelihood).toBeCloseTo(best.logLikelihood, 8);
  });

  test('below the wall begins at it', () => {
    const minVariance = 1e-3;
    const [under, at] = [1e-12, Math.sqrt(minVariance) * deviation].map(
      (sigma) => from({ dispersions: [sigma, 1000] }, { minVariance }).history[0]!,
    );
    expect(under).toBeCloseTo(at!, 6);
  });

  test('of several responses likewise', () => {
    const several = { ...data, moreResponses: [{ name: 'second', values: counts }] };
    const two = { units: 2, expertParams: { kernel: [2, 0, -1, 0], bias: [1, 2, -2, 3] } };
    const start = (of: object) => from({ ...two, ...of }, { data: several }).history[0]!;
    const variances = [deviation ** 2, 0, varianceOf(counts)];
    expect(start({})).toBeCloseTo(start({ family: gaussian(), covariances: [variances] }), 9);
    const wall = variances.map((value) => 1e-8 * value);
    const below = wall.map((value) => 1e-3 * value);
    const atWall = start({ family: gaussian(), covariances: [wall] });
    expect(start({ family: gaussian(), covariances: [below] }) / atWall).toBeCloseTo(1, 9);
  });

  const withTemperature = (value: number) => ({
    gate: temperature(),
    gateParams: { ...measure.gateParams, temperature: [value] },
  });
  test.each<[string, () => unknown, string]>([
    [
      'outside of a constraint',
      () => from(withTemperature(-1), { gate: temperature() }),
      'inside the constraints',
    ],
    [
      'at a temperature of 0',
      () => from(withTemperature(0), { gate: temperature() }),
      'initial: measure must',
    ],
    [
      'where rows have no probability',
      () => from({ expertParams: { kernel: [1e200, 1e200], bias: [0, 0] } }),
      'give a probability to every row',
    ],
    [
      'where means overflow',
      () =>
        from(
          { expertParams: { kernel: [2000, 2000], bias: [0, 0] } },
          { family: 'poisson', data: { ...data, response: counts } },
        ),
      'give a probability to every row',
    ],
    ['of another link', () => from({ family: getFamily('poisson') }), 'must be of the family gaussian'],
    ['of a negative dispersion', () => from({ dispersions: [-1, 1] }), 'dispersions must be positive'],
  ])('%s is refused', (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(/^\[tfjs-moe\] (fitMaximumLikelihood|mixingMeasure): /);
  });
});
