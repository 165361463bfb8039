/** What is asked of a fit with a sample: one that does not belong to it is refused by name, and nothing given is passed over. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { getFamily } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import {
  bootstrap,
  bootstrapParts,
  calibration,
  expectedResponse,
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
  marginalEffects,
  predictResponse,
  profileIntervals,
  residuals,
  type Sample,
} from '../src/index.ts';
import { calibrationPlot, expertsPlot, observedPlot, qqPlot, residualsPlot } from '../src/plots/index.ts';

const random = stream(9, 'fitted sample');
const n = 90;
const x = Array.from({ length: n }, () => 4 * random.uniform() - 2);
const inputs = x.map((value) => [value]);
const half = x.map((_, i) => i % 2);
const numbers = x.map((value, i) => (half[i] ? 1 + 2 * value : -1 - value) + 0.5 * random.normal());
const others = numbers.map((value) => 3 - value + random.normal());
const offset = x.map(() => random.uniform());
const trials = x.map(() => 1 + random.integer(5));
const drawnBy = (kind: string) =>
  x.map((value, i) =>
    getFamily(kind).draw(
      { outputs: [(half[i] ? 1 : -1) * value + offset[i]!], dispersion: 1, trials: trials[i]!, expert: 0 },
      random,
    ),
  );
const counts = drawnBy('poisson');
const successes = drawnBy('binomial');
const classes = numbers.map((value) => Number(value > 0));
const more = [{ name: 'other', values: others }];

const own = {
  gaussian: { inputs, response: numbers, inputNames: ['x'] },
  several: { inputs, response: numbers, moreResponses: more, inputNames: ['x'] },
  poisson: { inputs, response: counts, offset, inputNames: ['x'] },
  binomial: { inputs, response: successes, trials, inputNames: ['x'] },
  multinomial: { inputs, response: classes, inputNames: ['x'] },
} satisfies Record<string, Sample>;
type Name = keyof typeof own;
const names = Object.keys(own) as Name[];
const fits = Object.fromEntries(
  names.map((name) => {
    const family = name === 'several' ? 'gaussian' : name;
    const model = { gate: softmax(), expert: linear(), experts: 2, starts: 2 };
    return [name, fitMaximumLikelihood({ ...model, family, data: own[name] })];
  }),
) as Record<Name, MaximumLikelihoodFit>;

const ofAnySample: Record<string, (fit: MaximumLikelihoodFit, sample: Sample) => unknown> = {
  residuals: (fit, sample) => residuals(fit, sample),
  'residuals: pearson': (fit, sample) => residuals(fit, sample, { kind: 'pearson' }),
  calibration: (fit, sample) => calibration(fit, sample),
  calibrationPlot: (fit, sample) => calibrationPlot(fit, sample),
  residualsPlot: (fit, sample) => residualsPlot(fit, sample),
  qqPlot: (fit, sample) => qqPlot(fit, sample),
  observedPlot: (fit, sample) => observedPlot(fit, sample),
  expertsPlot: (fit, sample) => expertsPlot(fit, sample),
};
const ofItsOwn: Record<string, (fit: MaximumLikelihoodFit, sample: Sample) => unknown> = {
  bootstrap: (fit, sample) => bootstrap(fit, sample, { replicates: 2 }),
  'bootstrap: parametric': (fit, sample) => bootstrap(fit, sample, { kind: 'parametric', replicates: 2 }),
  bootstrapParts: (fit, sample) => bootstrapParts(fit, sample),
  profileIntervals: (fit, sample) => profileIntervals(fit, sample, 'expert 1: x'),
};
const refused = (name: Name, sample: Sample, calls: typeof ofAnySample) => {
  for (const [what, call] of Object.entries(calls))
    expect(() => call(fits[name], sample), `${what} of ${name}`).toThrow(
      /^\[tfjs-moe\] .*must|has no|are of/,
    );
};

describe('a sample that a fit has no law for', () => {
  const strangers: [string, Name, Sample][] = [
    ['more inputs', 'gaussian', { inputs: x.map((value) => [value, value ** 2]), response: numbers }],
    ['inputs of other names', 'poisson', { ...own.poisson, inputNames: ['z'] }],
    ['a gate that sees others', 'gaussian', { ...own.gaussian, gateInputs: [] }],
    ['numbers in place of counts', 'poisson', { ...own.poisson, response: numbers }],
    ['more successes than trials', 'binomial', { ...own.binomial, response: x.map(() => 7) }],
    ['a class too many', 'multinomial', { ...own.multinomial, response: x.map((_, i) => i % 3) }],
    ['no offset', 'poisson', { inputs, response: counts }],
    ['no trials', 'binomial', { inputs, response: classes }],
    ['trials of no use', 'gaussian', { ...own.gaussian, trials }],
    ['trials of counts', 'poisson', { ...own.poisson, trials }],
    ['an offset of classes', 'multinomial', { ...own.multinomial, offset }],
    ['an offset of several', 'several', { ...own.several, offset }],
    ['one response of several', 'several', own.gaussian],
    ['several for one', 'gaussian', own.several],
    [
      'responses in another order',
      'several',
      { inputs, response: others, responseName: 'other', moreResponses: [{ name: 'y', values: numbers }] },
    ],
  ];
  test.each(strangers)('%s', (_, name, sample) => {
    refused(name, sample, { ...ofAnySample, ...ofItsOwn });
  });
});

describe('a sample that is not the own one of a fit', () => {
  test.each<[string, Name, Sample]>([
    ['fewer rows', 'gaussian', { inputs: inputs.slice(9), response: numbers.slice(9) }],
    ['other responses', 'gaussian', { inputs, response: others }],
    ['other counts', 'poisson', { ...own.poisson, response: [...counts].reverse() }],
    ['another offset', 'poisson', { ...own.poisson, offset: [...offset].reverse() }],
    ['weights', 'gaussian', { ...own.gaussian, weights: x.map(() => 2) }],
    ['groups', 'gaussian', { ...own.gaussian, groups: x.map((_, i) => i), gateInputs: ['x'] }],
  ])('%s', (_, name, sample) => {
    refused(name, sample, ofItsOwn);
  });

  test('has an answer where it needs not be', () => {
    const part = { inputs: inputs.slice(9), response: numbers.slice(9) };
    expect(residuals(fits.gaussian, part)).toEqual(residuals(fits.gaussian, own.gaussian).slice(9));
    for (const name of names)
      for (const call of [ofItsOwn.bootstrapParts!, ofAnySample.residuals!])
        expect(() => call(fits[name], own[name]), name).not.toThrow();
  });
});

describe('rows without responses', () => {
  test.each<[string, () => unknown]>([
    ['groups, which change no mean', () => expectedResponse(fits.gaussian, inputs, { groups: x } as never)],
    ['an offset of several', () => expectedResponse(fits.several, inputs, { offset })],
    [
      'an unknown option of several',
      () => expectedResponse(fits.several, inputs, { ofset: offset } as never),
    ],
    ['an offset of classes', () => expectedResponse(fits.multinomial, inputs, { offset })],
    ['trials of counts', () => expectedResponse(fits.poisson, inputs, { trials })],
    ['half a trial', () => expectedResponse(fits.binomial, inputs, { trials: x.map(() => 0.5) })],
    [
      'an offset with a hole',
      () => predictResponse(fits.poisson.measure, inputs, { offset: [NaN, ...offset.slice(1)] }),
    ],
    ['trials for a number', () => predictResponse(fits.gaussian.measure, inputs, { trials })],
    ['effects without the offset', () => marginalEffects(fits.poisson, inputs)],
    ['effects of classes with one', () => marginalEffects(fits.multinomial, inputs, { offset })],
  ])('%s', (_, call) => {
    expect(call).toThrow(/^\[tfjs-moe\] (expectedResponse|predictResponse|marginalEffects): /);
  });
});

test('several responses are weighed by a law also where a gate keeps the weights of its selection', () => {
  const { measure } = fits.several;
  const rows = inputs.slice(0, 5);
  const hard = predictResponse({ ...measure, gate: topK({ k: 1 }) }, rows);
  const soft = predictResponse(measure, rows);
  for (let i = 0; i < 5; i++) {
    const best = soft.gate[2 * i]! > soft.gate[2 * i + 1]! ? 0 : 1;
    expect(hard.gate[2 * i + best]).toBe(1);
    expect(hard.mean![2 * i]).toBeCloseTo(soft.expertMeans![(2 * i + best) * 2]!, 12);
  }
});
