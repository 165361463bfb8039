/** Experts with families of their own: their likelihood, and all that follows from a fit. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { hierarchical, softmax } from '@tfjs-moe/gates';
import {
  canonical,
  type FamilyIdentifier,
  getFamily,
  type MixingMeasure,
  measureFromJSON,
  measureToJSON,
  responsibilities,
} from '@tfjs-moe/measures';
import { logGamma } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';
import { simulatedSample } from '../../src/diagnostics/simulate-response.ts';
import {
  bootstrap,
  crossValidate,
  expectedResponse,
  fitFromJSON,
  fitMaximumLikelihood,
  fitToJSON,
  type MaximumLikelihoodFit,
  marginalEffects,
  predictResponse,
  profileIntervals,
  residuals,
  type Sample,
  selectExperts,
  standardErrors,
  summary,
} from '../../src/index.ts';
import { climb } from '../../src/likelihood/climb/climb.ts';
import { firstStep } from '../../src/likelihood/climb/first-step.ts';
import { startOf } from '../../src/likelihood/climb/starts.ts';
import { mixtureRows } from '../../src/likelihood/passes/mixture-rows.ts';
import { makeProblem } from '../../src/likelihood/problem/make-problem.ts';
import { columnsOfSample } from '../../src/sample.ts';
import { informationOf, inverse } from './differences.ts';

const gate = softmax();
const expert = linear();

const counts = ['poisson', 'negativeBinomial'] as const;
const numbers = ['gaussian', { kind: 'studentT', degreesOfFreedom: 3 }] as const;

/** Rows of one input, and a response. */
interface Drawn {
  readonly inputs: number[][];
  readonly response: number[];
}

/** A sample from two experts with families of their own. */
function drawn(family: FamilyIdentifier, n: number, seed = 1): Drawn {
  const random = stream(seed, 'beside');
  const law = getFamily(family);
  const inputs = Array.from({ length: n }, () => [random.normal()]);
  const response = inputs.map(([x]) => {
    const e = random.uniform() < 1 / (1 + Math.exp(0.4 - 1.5 * x!)) ? 0 : 1;
    const output = e === 0 ? 2.2 + 0.3 * x! : 0.6 - 0.5 * x!;
    return law.draw({ outputs: [output], dispersion: e === 0 ? 0.8 : 1.3, trials: 1, expert: e }, random);
  });
  return { inputs, response };
}

const logs: Record<string, (y: number, h: number, dispersion: number) => number> = {
  poisson: (y, h) => y * h - Math.exp(h) - logGamma(y + 1),
  negativeBinomial: (y, h, theta) =>
    logGamma(y + theta) -
    logGamma(theta) -
    logGamma(y + 1) -
    theta * Math.log(1 + Math.exp(h) / theta) -
    y * Math.log(1 + theta / Math.exp(h)),
  gaussian: (y, h, sigma) => -0.5 * Math.log(2 * Math.PI * sigma ** 2) - (y - h) ** 2 / (2 * sigma ** 2),
  studentT: (y, h, sigma) =>
    Math.log(2 / (Math.PI * Math.sqrt(3) * sigma)) - 2 * Math.log(1 + (y - h) ** 2 / (3 * sigma ** 2)),
};

/** The likelihood of two experts, written down once more: gate, lines, then logarithms of dispersions as there are some. */
function logLikelihood(kinds: readonly string[], { inputs, response }: Drawn) {
  return ([g0, g1, a0, a1, b0, b1, ...dispersions]: readonly number[]): number => {
    let total = 0;
    inputs.forEach(([x], i) => {
      const rest = [...dispersions];
      const lines = [a0! + a1! * x!, b0! + b1! * x!];
      const [first, second] = kinds.map((kind, e) =>
        logs[kind]!(response[i]!, lines[e]!, kind === 'poisson' ? 1 : Math.exp(rest.shift()!)),
      ) as [number, number];
      const p = 1 / (1 + Math.exp(-(g0! + g1! * x!)));
      total += Math.log(p * Math.exp(first) + (1 - p) * Math.exp(second));
    });
    return total;
  };
}

/** A fit's numbers in the order of that likelihood. */
function thetaOf({ measure, estimates }: MaximumLikelihoodFit): number[] {
  const { gateParams, expertParams } = measure;
  return [
    gateParams.bias![0]! - gateParams.bias![1]!,
    gateParams['router/kernel']![0]! - gateParams['router/kernel']![1]!,
    ...[0, 1].flatMap((e) => [expertParams.bias![e]!, expertParams.kernel![e]!]),
    ...estimates.flatMap(({ part, value }) => (part === 'noise' ? [Math.log(value)] : [])),
  ];
}

const fitOf = (family: FamilyIdentifier, data: Sample, more: object = {}) =>
  fitMaximumLikelihood({ gate, expert, experts: 2, family, data, starts: 3, ...more });

describe.each([
  ['counts', counts, ['poisson', 'negativeBinomial']],
  ['numbers', numbers, ['gaussian', 'studentT']],
] as const)('%s of two families', (_, family, kinds) => {
  const data = drawn(family, 300);
  const fit = fitOf(family, data);

  test('are at the maximum of their likelihood, with the standard errors of its differences', () => {
    expect(fit.converged).toBe(true);
    const theta = thetaOf(fit);
    const value = logLikelihood(kinds, data);
    expect(fit.degreesOfFreedom).toBe(theta.length);
    expect(fit.logLikelihood).toBeCloseTo(value(theta), 8);
    for (const [i] of theta.entries()) {
      const at = (s: number) => value(theta.map((own, k) => (k === i ? own + s * 1e-5 : own)));
      expect(Math.abs((at(1) - at(-1)) / 2e-5)).toBeLessThan(2e-3);
    }
    const covariance = inverse(
      informationOf(
        value,
        theta,
        theta.map(() => 1e-3),
      ),
    );
    const expected = covariance.map((row, i) => Math.sqrt(row[i]!) * (i < 6 ? 1 : Math.exp(theta[i]!)));
    const ours = standardErrors(fit).filter((error) => error !== null) as number[];
    const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
    expect(ours.length).toBe(theta.length);
    sorted(ours).forEach((error, i) => {
      expect(error / sorted(expected)[i]!).toBeCloseTo(1, 4);
    });
  });

  test('keep the places that they were given, and in other places are the same mixture', () => {
    const turned = fitOf([...family].reverse(), data);
    expect(turned.logLikelihood).toBeCloseTo(fit.logLikelihood, 7);
    const { kernel } = fit.measure.expertParams;
    turned.measure.expertParams.kernel!.forEach((slope, e) => {
      expect(slope).toBeCloseTo(kernel![1 - e]!, 6);
    });
    const names = ({ estimates }: MaximumLikelihoodFit) =>
      estimates.flatMap(({ part, group, name }) => (part === 'noise' ? [`${group} ${name}`] : []));
    expect(names(turned)).toEqual(
      kinds[0] === 'poisson' ? ['expert 1 theta'] : ['expert 1 sigma', 'expert 2 sigma'],
    );
    expect(names(fit)).toEqual(
      kinds[0] === 'poisson' ? ['expert 2 theta'] : ['expert 1 sigma', 'expert 2 sigma'],
    );
    const at = [[-1], [0.3], [2]];
    expectedResponse(turned, at).forEach((mean, i) => {
      expect(mean).toBeCloseTo(expectedResponse(fit, at)[i]!, 6);
    });
    // Canonical order may be another, and takes the families along.
    const same = canonical(turned.measure);
    const r = responsibilities(same, data).filter((_r, i) => i % 2 === 0);
    const own = responsibilities(turned.measure, data);
    const isTurned = Math.abs(r[0]! - own[0]!) > 1e-9;
    r.forEach((value, i) => {
      expect(value).toBeCloseTo(own[2 * i + (isTurned ? 1 : 0)]!, 9);
    });
  });

  test('are predicted, drawn, judged by residuals and saved by the law of each', () => {
    const at = [[-1], [0.5]];
    const { mean, interval, expertMeans } = predictResponse(fit.measure, at);
    const { expertParams } = fit.measure;
    const line = (e: number, x: number) => expertParams.bias![e]! + expertParams.kernel![e]! * x;
    at.forEach(([x], i) => {
      for (const e of [0, 1]) {
        const own = kinds[0] === 'poisson' ? Math.exp(line(e, x!)) : line(e, x!);
        expect(expertMeans![2 * i + e]).toBeCloseTo(own, 9);
      }
      expect(interval!.low[i]).toBeLessThan(mean![i]!);
    });
    const random = stream(5, 'own draws');
    const rows = Array.from({ length: 2000 }, () => [random.normal()]);
    const blank = { inputs: rows, response: rows.map(() => 0) };
    const again = simulatedSample(fit, blank, random);
    const pit = [...residuals(fit, again, { kind: 'pit' })].sort((a, b) => a - b);
    const distance = Math.max(...pit.map((u, i) => Math.abs(u - (i + 0.5) / pit.length)));
    expect(distance).toBeLessThan(1.8 / Math.sqrt(pit.length));
    const step = 1e-4;
    const slopes = data.inputs.map(([x]) => {
      const [low, high] = expectedResponse(fit, [[x! - step], [x! + step]]) as unknown as [number, number];
      return (high - low) / (2 * step);
    });
    const effect = marginalEffects(fit, data.inputs)[0]!;
    expect(effect.value).toBeCloseTo(slopes.reduce((a, b) => a + b, 0) / slopes.length, 5);
    expect(effect.standardError).toBeGreaterThan(0);
    const read = fitFromJSON(JSON.parse(JSON.stringify(fitToJSON(fit))));
    expect(summary(read).text).toBe(summary(fit).text);
    expect(summary(fit).text).toContain(`expert 2: ${kinds[1]}`);
    const measure = measureFromJSON(JSON.parse(JSON.stringify(measureToJSON(fit.measure))));
    expect(responsibilities(measure, data)).toEqual(responsibilities(fit.measure, data));
  });
});

test('EM lowers no likelihood of experts with families of their own: 16 random problems', () => {
  for (let index = 0; index < 16; index++) {
    const random = stream(index, 'beside, monotone');
    const family = getFamily(index % 2 === 0 ? [...counts, 'poisson'] : [...numbers, 'gaussian']);
    const sample = drawn(index % 2 === 0 ? counts : numbers, 12 + random.integer(60), index);
    const data = columnsOfSample('test', sample);
    const problem = makeProblem({
      who: 'test',
      ...{ data, family, variances: 'own', minVariance: 1e-6, seed: index },
      shape: { gate, expert, experts: 3, inputDim: 1, units: 1 },
      general: index % 8 === 7,
    });
    const evaluate = mixtureRows(problem);
    const origin = new Float64Array(problem.coordinates.size).fill(0.1);
    const start = firstStep(problem, evaluate, origin, startOf('random', data, 3, 3, index));
    const { history } = climb(problem, evaluate, start, { tolerance: 1e-8, maxIterations: 40 });
    history.forEach((value, i) => {
      if (i > 0) expect(value).toBeGreaterThanOrEqual(history[i - 1]! - 1e-11 * (100 + Math.abs(value)));
    });
  }
});

test('a zero expert stands beside families of their own', () => {
  const data = drawn(counts, 300, 3);
  const random = stream(2, 'zeros');
  const response = data.response.map((y) => (random.uniform() < 0.25 ? 0 : y));
  const fit = fitOf(counts, { ...data, response }, { experts: 3, zeroExpert: true, gate: softmax() });
  expect(fit.converged).toBe(true);
  expect(fit.degreesOfFreedom).toBe(2 * 2 + 2 * 2 + 1);
  expect(fit.family).toMatchObject({ families: [{ kind: 'poisson' }, { kind: 'negativeBinomial' }, {}] });
  const r = responsibilities(fit.measure, { ...data, response });
  response.forEach((y, i) => {
    if (y > 0) expect(r[3 * i + 2]).toBe(0);
  });
});

test('experts of one family change places among themselves alone', () => {
  const data = drawn(counts, 150, 4);
  const fit = fitOf(['poisson', 'negativeBinomial', 'poisson'], data, { experts: 3, starts: 3 });
  expect(fit.alike).toEqual([0, 1, 0]);
  const { dispersions, family } = fit.measure as MixingMeasure;
  expect([dispersions![0], dispersions![2]]).toEqual([1, 1]);
  expect(family!.families!.map(({ kind }) => kind)).toEqual(['poisson', 'negativeBinomial', 'poisson']);
});

test('the bootstrap, profiles and cross-validation know whose dispersion is whose', () => {
  const data = drawn(counts, 250, 5);
  const fit = fitOf(counts, data);
  const { rows, failed } = bootstrap(fit, data, { replicates: 5 });
  expect(failed).toBe(0);
  const theta = fit.estimates.findIndex(({ name }) => name === 'theta');
  expect(rows[theta]).toMatchObject({ group: 'expert 2', name: 'theta' });
  expect(rows[theta]!.standardError / standardErrors(fit)[theta]!).toBeGreaterThan(0.2);
  const [profile] = profileIntervals(fit, data, 'expert 2: theta');
  expect(profile!.interval[0]).toBeLessThan(fit.estimates[theta]!.value);
  const options = { gate, expert, experts: 2, data, folds: 3, starts: 2 };
  expect(crossValidate({ ...options, family: counts }).logLikelihood).toBeGreaterThan(
    crossValidate({ ...options, experts: 1, family: 'poisson' }).logLikelihood,
  );
});

test('a list of one family is that family, and what cannot stand together is refused by name', () => {
  const data = drawn(counts, 60, 6);
  expect(fitOf(['poisson', 'poisson'], data).logLikelihood).toBe(fitOf('poisson', data).logLikelihood);
  expect(getFamily(['poisson', 'poisson']).kind).toBe('poisson');
  const of =
    (family: FamilyIdentifier, more: object = {}) =>
    () =>
      fitOf(family, data, more);
  expect(of(['poisson', 'gaussian'])).toThrow(
    'poisson and gaussian cannot stand beside each other: one is for counts, the other for numbers',
  );
  expect(of(['gaussian', 'gamma'])).toThrow('one is for numbers, the other for positive numbers');
  expect(of(['poisson', 'binomial'])).toThrow('one is for counts, the other for counts up to trials');
  expect(of(['multinomial', 'poisson'])).toThrow('multinomial has an output for every class');
  expect(of(['gaussian', 'laplace'])).toThrow('laplace has a likelihood with kinks');
  expect(of([])).toThrow('families must be a list, one for each expert');
  expect(of([...counts, 'poisson'])).toThrow('family must be one for all, or one for each of 2 experts');
  expect(of(['poisson', 'poisson', 'poisson'])).toThrow('one for each of 2 experts');
  expect(of(['poisson', 'poisson'], { experts: 3 })).toThrow('one for each of 3 experts');
  expect(of(counts, { variances: 'common' })).toThrow('variances must be own');
  expect(of(counts, { experts: 4, gate: hierarchical({ groups: 2 }) })).toThrow('one for each of 4 experts');
  expect(() => selectExperts({ gate, expert, family: counts, data, range: [1, 3] })).toThrow(
    'family must be one for all, or one for each of 1 experts',
  );
});

test("families are those of as many experts, and none has another's", () => {
  const data = drawn(counts, 60, 6);
  const three = fitOf('poisson', data, { experts: 3, starts: 1 }).measure;
  for (const family of [counts, ['poisson', 'poisson'], { kind: 'perExpert', families: counts }] as const)
    expect(() => responsibilities(three, data, { family: family as FamilyIdentifier })).toThrow(
      'family must be one for all, or one for each of 3 experts',
    );
  const law = { outputs: [0], dispersion: 1, trials: 1, expert: 2 };
  const two = getFamily(counts);
  for (const call of [() => two.mean(law), () => two.tails(law, 1), () => two.draw(law, stream(1))])
    expect(call).toThrow('there must be a family for each expert, and there are 2. Received: 3');
});
