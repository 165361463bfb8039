/** Profile intervals: those of R of one expert, and refits with the number fixed of mixtures. */
import { stream } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { normalQuantile } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';
import {
  contrasts,
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
  profileIntervals,
  type Sample,
  withReference,
} from '../../src/index.ts';
import { committed, fitOfGlm } from '../peer/glm-tables.ts';

const random = stream(3, 'profile');
const inputs = Array.from({ length: 60 }, () => [2 * random.uniform() - 1]);
const data: Sample = {
  inputs,
  response: inputs.map(([x]) =>
    random.uniform() < 0.5 + 0.3 * x! ? 2 + x! + 0.7 * random.normal() : -1 + 0.3 * random.normal(),
  ),
  inputNames: ['x'],
};
const model = { gate: softmax(), expert: linear(), experts: 2, data, starts: 3 };
const fit = fitMaximumLikelihood(model);

/** How far the likelihood falls where the combination has a value, by a fit of its own with the equation. */
function fallen(of: MaximumLikelihoodFit, equation: string): number {
  const fixed = fitMaximumLikelihood({
    ...model,
    initial: { measure: of.measure },
    structure: { fixed: [equation] },
  });
  return 2 * (of.logLikelihood - fixed.logLikelihood);
}

describe('profileIntervals', () => {
  test.each(committed)('of one $family expert are those of confint in R', (of) => {
    const { fit: glm, data: sample } = fitOfGlm(of);
    const found = profileIntervals(glm, sample, ['expert 1: (Intercept)', 'expert 1: a', 'expert 1: b']);
    const ends = found.flatMap(({ interval }) => interval);
    for (const [i, end] of ends.entries()) expect(Math.abs(end - of.intervals[i]!)).toBeLessThan(1e-4);
  });

  test.each([
    'expert 1: x',
    'expert 2: (Intercept)',
    'expert 1: sigma',
    'gate 1: x',
    'expert 1: x - expert 2: x',
  ])('of %s end where the likelihood ratio says, all other numbers fitted', (written) => {
    const level = 0.9;
    const [{ interval, value }] = profileIntervals(fit, data, written, { level }) as [
      ReturnType<typeof profileIntervals>[number],
    ];
    const wanted = normalQuantile(0.95) ** 2;
    expect(interval[0]).toBeLessThan(value);
    expect(interval[1]).toBeGreaterThan(value);
    for (const end of interval)
      expect(Math.abs(fallen(fit, `${written} = ${end}`) - wanted)).toBeLessThan(1e-5);
  });

  test('of one linear expert with noise is by closed form', () => {
    const one = fitMaximumLikelihood({ ...model, experts: 1 });
    const [{ interval, value }] = profileIntervals(one, data, 'expert 1: x') as [
      ReturnType<typeof profileIntervals>[number],
    ];
    // n log(1 + (t - b)^2 / (s^2 n)) = chi^2 with s the standard error.
    const standardError = contrasts(one, 'expert 1: x')[0]!.standardError;
    const reach = standardError * Math.sqrt(60 * Math.expm1(normalQuantile(0.975) ** 2 / 60));
    expect(interval[0]).toBeCloseTo(value - reach, 6);
    expect(interval[1]).toBeCloseTo(value + reach, 6);
  });

  test('of a contrast of gates does not depend on the reference', () => {
    const there = profileIntervals(withReference(fit, 1), data, 'gate 2: x')[0]!.interval;
    const here = profileIntervals(fit, data, 'gate 1: x')[0]!.interval;
    expect(there[0]).toBeCloseTo(-here[1]!, 5);
    expect(there[1]).toBeCloseTo(-here[0]!, 5);
  });

  test('of tied coefficients keeps them tied, and sees weights as repeated rows', () => {
    const structure = { equal: ['x'], absent: ['gate: x'] };
    const twice = {
      ...data,
      inputs: [...inputs, ...inputs],
      response: [...Array.from(data.response), ...Array.from(data.response)],
    };
    const weighted = { ...data, weights: inputs.map(() => 2) };
    const [a, b] = [twice, weighted].map((each) =>
      profileIntervals(fitMaximumLikelihood({ ...model, structure, data: each }), each, 'expert 1: x'),
    ) as [ReturnType<typeof profileIntervals>, ReturnType<typeof profileIntervals>];
    expect(a[0]!.interval[0]).toBeCloseTo(b[0]!.interval[0], 6);
    expect(a[0]!.interval[1]).toBeCloseTo(b[0]!.interval[1], 6);
  });

  test('of experts that are no lines', () => {
    const bent = { inputs, response: inputs.map(([x]) => 3 * Math.tanh(4 * x! + 1) + 0.3 * random.normal()) };
    const tanh = ffn({ hiddenUnits: 1, activation: 'tanh' });
    const curved = fitMaximumLikelihood({ ...model, data: bent, expert: tanh, experts: 1 });
    const name = curved.estimates.find(({ part, status }) => part === 'expert' && status === 'estimated')!;
    const [found] = profileIntervals(curved, bent, `\`${name.group}: ${name.name}\``);
    const [wald] = contrasts(curved, `\`${name.group}: ${name.name}\``);
    for (const end of [0, 1] as const)
      expect(Math.abs(found!.interval[end] - wald!.interval[end])).toBeLessThan(wald!.standardError);
    expect(found!.interval[0]).not.toBeCloseTo(wald!.interval[0], 3);
  });

  test('is infinite where the likelihood never falls so far: a gate that may as well be hard', () => {
    const draw = stream(7, 'gate');
    const x = Array.from({ length: 40 }, () => [2 * draw.uniform() - 1]);
    const response = x.map(([each]) => {
      const isUpper = draw.uniform() < 1 / (1 + Math.exp(-12 * each!));
      return (isUpper ? 3 : 0) + 0.8 * draw.normal();
    });
    const sample = { inputs: x, response, expertInputs: [], inputNames: ['x'] };
    const soft = fitMaximumLikelihood({ ...model, data: sample, variances: 'common' });
    expect(soft.warnings).toEqual([]);
    const [found] = profileIntervals(soft, sample, 'gate 1: x');
    expect(found!.interval[0]).toBeGreaterThan(0);
    expect(found!.interval[0]).toBeLessThan(found!.value);
    expect(found!.interval[1]).toBe(Infinity);
  });

  test.each<[string, () => unknown, string]>([
    [
      'another sample',
      () =>
        profileIntervals(
          fit,
          { ...data, inputs: inputs.map(([v]) => [v! + 1]), response: inputs.map(([v]) => v!) },
          'expert 1: x',
        ),
      "the sample must be the fit's",
    ],
    ['the reference of the gate', () => profileIntervals(fit, data, 'gate 2: x'), 'estimated'],
    [
      'a sum with a dispersion',
      () => profileIntervals(fit, data, 'expert 1: sigma - expert 2: sigma'),
      'its name alone',
    ],
    ['a level of 1', () => profileIntervals(fit, data, 'expert 1: x', { level: 1 }), 'between 0 and 1'],
    [
      'a fit that has not converged',
      () => profileIntervals({ ...fit, converged: false }, data, 'expert 1: x'),
      'must have converged',
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
