/** Average effects: against R, differences of what is predicted, and a delta method by differences. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import {
  averageEffects,
  contrasts,
  type EffectVariable,
  expectedResponse,
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
  marginalEffects,
  type Sample,
  withReference,
} from '../../src/index.ts';
import { committed, fitOfGlm } from '../peer/glm-tables.ts';
import { heaps } from '../testing/samples.ts';

/** Two lines in overlapping parts of the inputs, of some family's responses. */
function sampleOf(respond: (mean: number, u: number) => number): Sample {
  const random = stream(9, 'effects');
  const inputs = Array.from({ length: 120 }, () => [random.normal(), random.normal()]);
  return {
    inputs,
    response: inputs.map(([a, b]) => {
      const first = random.uniform() < 1 / (1 + Math.exp(-1.5 * a!));
      return respond(first ? 1 + 0.6 * a! : -0.5 - 0.4 * b!, random.uniform());
    }),
    inputNames: ['a', 'b'],
  };
}
const numbers = sampleOf((mean, u) => 3 * mean + u);
const counts = sampleOf((mean, u) => Math.floor(-Math.log(u) * 2 * Math.exp(mean)));
const classes = sampleOf((mean, u) => (mean + 2 * u > 1.5 ? 2 : mean > 0 ? 1 : 0));

const model = { gate: softmax(), expert: linear(), experts: 2, starts: 2 };
const fits: readonly (readonly [string, MaximumLikelihoodFit, Sample])[] = [
  ['gaussian', fitMaximumLikelihood({ ...model, data: numbers }), numbers],
  ['poisson', fitMaximumLikelihood({ ...model, data: counts, family: 'poisson' }), counts],
  [
    'poisson with tied coefficients',
    fitMaximumLikelihood({
      ...model,
      data: counts,
      family: 'poisson',
      structure: { equal: ['b'], absent: ['gate: b'] },
    }),
    counts,
  ],
  [
    'multinomial',
    fitMaximumLikelihood({ ...model, experts: 1, data: classes, family: 'multinomial' }),
    classes,
  ],
  ['top 1', fitMaximumLikelihood({ ...model, gate: topK({ k: 1 }), data: heaps() }), heaps()],
];

/** What is expected on the average: one number, or one of each class. */
function averages(fit: MaximumLikelihoodFit, rows: Sample['inputs']): number[] {
  const values = expectedResponse(fit, rows);
  const each = values.length / rows.length;
  return Array.from({ length: each }, (_, c) =>
    rows.reduce((sum, _row, i) => sum + values[i * each + c]! / rows.length, 0),
  );
}

/** The fit with one of its estimates moved; nothing where it is no number of the measure. */
function moved(fit: MaximumLikelihoodFit, place: number, by: number): MaximumLikelihoodFit | undefined {
  const { part, parameter } = fit.estimates[place]!;
  if (part === 'noise') return undefined;
  const before = fit.estimates.slice(0, place);
  const index = before.filter((other) => other.part === part && other.parameter === parameter).length;
  const key = part === 'gate' ? 'gateParams' : 'expertParams';
  const numbers = fit.measure[key][parameter]!.map((value, i) => (i === index ? value + by : value));
  return { ...fit, measure: { ...fit.measure, [key]: { ...fit.measure[key], [parameter]: numbers } } };
}

/** By an independent way: slopes of averages, and their slopes in every estimate, all by differences. */
function slopeAndDeviation(fit: MaximumLikelihoodFit, rows: Sample['inputs'], input: number): number[][] {
  const shifted = (by: number) =>
    rows.map((row) => Array.from(row, (value, d) => (d === input ? value + by : value)));
  const [above, below] = [shifted(1e-3), shifted(-1e-3)];
  const slope = (of: MaximumLikelihoodFit) => {
    const low = averages(of, below);
    return averages(of, above).map((high, c) => (high - low[c]!) / 2e-3);
  };
  const gradient = fit.estimated.map((place) => {
    const [high, low] = [moved(fit, place, 1e-4), moved(fit, place, -1e-4)];
    if (high === undefined || low === undefined) return undefined;
    const other = slope(low);
    return slope(high).map((value, c) => (value - other[c]!) / 2e-4);
  });
  return slope(fit).map((value, c) => {
    let variance = 0;
    gradient.forEach((a, i) => {
      gradient.forEach((b, j) => {
        variance += (a?.[c] ?? 0) * fit.covariances.observed[i]![j]! * (b?.[c] ?? 0);
      });
    });
    return [value, Math.sqrt(variance)];
  });
}

describe('marginalEffects', () => {
  test.each(committed)('of one $family expert are those of R', (of) => {
    const { fit, data } = fitOfGlm(of);
    const found = marginalEffects(fit, data.inputs).flatMap(({ value, standardError }) => [
      value,
      standardError!,
    ]);
    for (const [i, value] of found.entries()) expect(Math.abs(value / of.effects[i]! - 1)).toBeLessThan(1e-6);
  });

  test.each(fits)('of %s experts are the differences of what is predicted', (_, fit, { inputs }) => {
    const found = marginalEffects(fit, inputs);
    const wanted = [0, 1].flatMap((input) => slopeAndDeviation(fit, inputs, input));
    expect(found).toHaveLength(wanted.length);
    found.forEach(({ value, standardError, zValue, interval }, i) => {
      const [slope, deviation] = wanted[i] as [number, number];
      expect(Math.abs(value - slope)).toBeLessThan(1e-5 * deviation);
      expect(Math.abs(standardError! / deviation - 1)).toBeLessThan(1e-4);
      expect(zValue).toBe(value / standardError!);
      expect(interval![1] - interval![0]).toBeCloseTo(2 * 1.959964 * standardError!, 5);
    });
  });

  test('of one linear expert are its coefficients, with weights and offsets too', () => {
    const data = { ...numbers, weights: numbers.inputs.map((_, i) => 1 + (i % 3)) };
    const fit = fitMaximumLikelihood({ ...model, experts: 1, data });
    const { inputs, weights } = data;
    const found = marginalEffects(fit, inputs, {
      weights,
      offset: inputs.map((row) => row[0]!),
      errors: 'sandwich',
    });
    const wanted = contrasts(fit, ['expert 1: a', 'expert 1: b'], { errors: 'sandwich' });
    found.forEach(({ value, standardError }, i) => {
      expect(value).toBeCloseTo(wanted[i]!.value, 8);
      expect(standardError).toBeCloseTo(wanted[i]!.standardError, 8);
    });
  });

  test('do not depend on the reference of the gate, and see weights as repeated rows', () => {
    const [, fit, { inputs }] = fits[1]!;
    const found = marginalEffects(fit, inputs);
    const twice = marginalEffects(withReference(fit, 1), [...inputs, ...inputs.slice(0, 30)]);
    const weighted = marginalEffects(fit, inputs, { weights: inputs.map((_, i) => (i < 30 ? 2 : 1)) });
    expect(found.map(({ value }) => value)).not.toEqual(weighted.map(({ value }) => value));
    twice.forEach(({ value, standardError }, i) => {
      expect(value).toBeCloseTo(weighted[i]!.value, 8);
      expect(standardError).toBeCloseTo(weighted[i]!.standardError!, 8);
    });
  });

  test('of probabilities of classes sum to 0', () => {
    const [, fit, { inputs }] = fits.find(([name]) => name === 'multinomial')!;
    const found = marginalEffects(fit, inputs, { variables: ['b'] });
    expect(found.map((each) => each.class)).toEqual([0, 1, 2]);
    expect(Math.abs(found.reduce((sum, { value }) => sum + value, 0))).toBeLessThan(1e-9);
  });

  test('have no error where the data do not determine them', () => {
    // Responses that an input divides: the slope of the logit runs away, and the effect with it nearly nowhere.
    const inputs = Array.from({ length: 40 }, (_, i) => [i < 20 ? i - 20 : i - 19]);
    const data = { inputs, response: inputs.map(([x]) => (x! > 0 ? 1 : 0)) };
    const fit = fitMaximumLikelihood({ ...model, experts: 1, data, family: 'binomial' });
    const [effect] = marginalEffects(fit, [[-0.01], [0.02]]);
    expect(effect).toMatchObject({ standardError: null, zValue: null, pValue: null, interval: null });
  });
});

describe('averageEffects', () => {
  const [, fit, { inputs }] = fits[0]!;
  const rowsAt = (level: string) => ({ inputs: inputs.map((row) => [row[0]!, Number(level)]) });
  const factor: EffectVariable = { name: 'b', levels: ['0', '1', '3'], rowsAt };

  test('of a factor are differences of its levels to the first', () => {
    const means = averageEffects(fit, [factor], { of: 'means' });
    const found = averageEffects(fit, [factor]);
    expect(means.map(({ contrast }) => contrast)).toEqual(['0', '1', '3']);
    expect(found.map(({ contrast }) => contrast)).toEqual(['1 - 0', '3 - 0']);
    expect(found[1]!.value).toBeCloseTo(means[2]!.value - means[0]!.value, 12);
    expect(means[1]!.value).toBeCloseTo(averages(fit, rowsAt('1').inputs)[0]!, 12);
  });

  test.each<[string, unknown[], object, string]>([
    ['no variable', [], {}, 'at least one'],
    ['what is no variable', [{ name: 'b' }], {}, '{ name, values or levels, rowsAt }'],
    ['rows that are too short', [{ ...factor, rowsAt: () => ({ inputs: [[1]] }) }], {}, 'row 0'],
    ['no rows', [{ ...factor, rowsAt: () => ({ inputs: [] }) }], {}, 'at least one row'],
    ['weights of other rows', [factor], { weights: [1] }, 'weights must have 120 numbers'],
    ['weights that are 0', [factor], { weights: inputs.map(() => 0) }, 'not all be 0'],
    [
      'means of a number',
      [{ name: 'b', values: [1], rowsAt: () => ({ inputs }) }],
      { of: 'means' },
      'a factor',
    ],
  ])('refuses %s', (_, variables, options, message) => {
    expect(() => averageEffects(fit, variables as EffectVariable[], options)).toThrow(message);
  });

  test('refuses names that are no inputs', () => {
    expect(() => marginalEffects(fit, inputs, { variables: ['c'] })).toThrow('names of inputs (a, b)');
  });
});
