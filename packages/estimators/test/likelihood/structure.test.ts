import { type Stream, stream } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, softmax, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import {
  bootstrap,
  type CoefficientStructure,
  crossValidate,
  expectedResponse,
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
  type Sample,
  selectExperts,
  standardErrors,
  summary,
  vcov,
  waldTest,
  withReference,
} from '../../src/index.ts';
import { derivativesPass } from '../../src/likelihood/passes/derivatives-pass.ts';
import { mixtureRows } from '../../src/likelihood/passes/mixture-rows.ts';
import { logLikelihoodAt } from '../../src/likelihood/passes/value-pass.ts';
import { makeProblem } from '../../src/likelihood/problem/make-problem.ts';
import { columnsOfSample } from '../../src/sample.ts';
import { families, nameOf } from './families.ts';

/** Two lines of x, parallel or not, and a gate of z. */
function lines(n: number, respond = (z: number, random: Stream) => z + 0.3 * random.normal(), seed = 1) {
  const random = stream(seed, 'structure');
  const inputs = Array.from({ length: n }, () => [random.normal(), random.normal()]);
  const response = inputs.map(([x, z]) =>
    respond(random.uniform() < 1 / (1 + Math.exp(-1.5 * z!)) ? 2 + x! : -1 + 0.4 * x!, random),
  );
  const names = { inputNames: ['x', 'z'], expertInputs: ['x'], gateInputs: ['z'] };
  return { inputs, response, ...names } satisfies Sample;
}

const data = lines(300);
const model = { gate: softmax(), expert: linear(), experts: 2, data, starts: 3 };
const free = fitMaximumLikelihood(model);
const fitOf = (structure: CoefficientStructure, more: object = {}): MaximumLikelihoodFit =>
  fitMaximumLikelihood({ ...model, ...more, structure });

const value = (fit: MaximumLikelihoodFit, group: string, name: string): number =>
  fit.estimates.find((one) => one.group === group && one.name === name)!.value;

/** One expert with two inputs, of some family. */
function singles(family: (typeof families)[number]) {
  const random = stream(3, 'single', family.family.kind);
  const inputs = Array.from({ length: 60 }, () => [random.normal(), random.normal()]);
  const response = inputs.map(([a, b]) => family.respond(0.4 * a! - 0.3 * b!, random));
  const trials = family.trials === undefined ? {} : { trials: response.map(() => family.trials!) };
  return { inputs, response, inputNames: ['a', 'b'], ...trials } satisfies Sample;
}

describe.each(families.filter(({ classes }) => classes === undefined))('of one $family.kind expert', (of) => {
  const sample = singles(of);
  const { family } = of;
  const one = { gate: softmax(), expert: linear(), experts: 1, family };

  test(`${nameOf(of)}: a coefficient that is fixed is an offset`, () => {
    const fixed = fitMaximumLikelihood({ ...one, data: sample, structure: { fixed: ['b = -0.25'] } });
    const offset = sample.inputs.map(([, b]) => -0.25 * b!);
    const other = fitMaximumLikelihood({ ...one, data: { ...sample, offset, expertInputs: ['a'] } });
    expect(fixed.logLikelihood).toBeCloseTo(other.logLikelihood, 9);
    expect(fixed.degreesOfFreedom).toBe(other.degreesOfFreedom);
    expect(value(fixed, 'expert 1', 'b')).toBe(-0.25);
    for (const name of ['a', '(Intercept)'])
      expect(value(fixed, 'expert 1', name)).toBeCloseTo(value(other, 'expert 1', name), 7);
    const errors = (fit: MaximumLikelihoodFit) => standardErrors(fit).filter((each) => each !== null);
    errors(other).forEach((each, i) => {
      expect(errors(fixed)[i]! / each).toBeCloseTo(1, 6);
    });
  });

  test(`${nameOf(of)}: one that is absent is an input less`, () => {
    const absent = fitMaximumLikelihood({ ...one, data: sample, structure: { absent: ['b'] } });
    const other = fitMaximumLikelihood({ ...one, data: { ...sample, expertInputs: ['a'] } });
    expect(absent.logLikelihood).toBeCloseTo(other.logLikelihood, 9);
    expect(absent.degreesOfFreedom).toBe(other.degreesOfFreedom);
  });
});

describe('of two experts', () => {
  test('equal deviations are common variances', () => {
    const [equal, common] = [
      fitOf({ equal: ['sigma'] }),
      fitMaximumLikelihood({ ...model, variances: 'common' }),
    ];
    expect(equal.logLikelihood).toBeCloseTo(common.logLikelihood, 8);
    expect(equal.degreesOfFreedom).toBe(common.degreesOfFreedom);
    expect(standardErrors(equal).at(-1)).toBeCloseTo(standardErrors(common).at(-1)!, 7);
    expect(value(equal, 'expert 2', 'sigma')).toBe(value(equal, 'expert 1', 'sigma'));
  });

  test('a gate without its input has constant weights', () => {
    const absent = fitOf({ absent: ['gate: z'] });
    const constant = fitMaximumLikelihood({ ...model, data: { ...data, gateInputs: [] } });
    expect(absent.logLikelihood).toBeCloseTo(constant.logLikelihood, 8);
    expect(absent.degreesOfFreedom).toBe(constant.degreesOfFreedom);
  });

  test('an equation that holds at the free maximum changes nothing but the degrees of freedom', () => {
    const slope = value(free, 'expert 1', 'x');
    const fit = fitOf({ fixed: [`expert 1: x = ${slope}`] });
    expect(fit.logLikelihood).toBeCloseTo(free.logLikelihood, 8);
    expect(fit.degreesOfFreedom).toBe(free.degreesOfFreedom - 1);
    const ratio = value(free, 'expert 2', 'x') / slope;
    const tied = fitOf({ fixed: [`expert 2: x = ${ratio} * expert 1: x`] });
    expect(tied.logLikelihood).toBeCloseTo(free.logLikelihood, 8);
    expect(value(tied, 'expert 2', 'x') / value(tied, 'expert 1', 'x')).toBeCloseTo(ratio, 9);
  });

  test('covariances are those of the free fit given the equations, to first order of the same point', () => {
    // At a point where an equation holds anyway, C - C A' (A C A')^-1 A C.
    const slope = value(free, 'expert 1', 'x');
    const fit = fitOf({ fixed: [`expert 1: x = ${slope}`] });
    const { names, matrix } = vcov(free);
    const place = names.indexOf('expert 1: x');
    const given = vcov(fit);
    given.names.forEach((row, i) => {
      given.names.forEach((column, j) => {
        const [a, b] = [names.indexOf(row), names.indexOf(column)];
        const wanted = matrix[a]![b]! - (matrix[a]![place]! * matrix[place]![b]!) / matrix[place]![place]!;
        expect(given.matrix[i]![j]! - wanted).toBeCloseTo(0, 8);
      });
    });
  });

  test('an expert of its own structure keeps its place, and is the one that it fits', () => {
    for (const e of [1, 2]) {
      const fit = fitOf({ fixed: [`expert ${e}: x = 0.4`] });
      expect(value(fit, `expert ${e}`, 'x')).toBe(0.4);
      expect(value(fit, `expert ${e}`, '(Intercept)')).toBeCloseTo(-1, 0);
      expect(fit.alike).toEqual([0, 1]);
    }
    expect(fitOf({ equal: ['x'] }).alike).toEqual([0, 0]);
  });

  test('experts that it says the same of are in canonical order', () => {
    const fit = fitOf({ equal: ['x'] });
    expect(value(fit, 'gate 1', '(Intercept)')).toBeLessThanOrEqual(0);
    const other = fitOf({ equal: ['x'] }, { seed: 5 });
    expect(value(other, 'expert 1', '(Intercept)')).toBeCloseTo(value(fit, 'expert 1', '(Intercept)'), 6);
  });

  test('shared numbers stand in every table, with one error and full covariance', () => {
    const fit = fitOf({ equal: ['x'] });
    const { names, matrix } = vcov(fit);
    const [a, b] = ['expert 1: x', 'expert 2: x'].map((name) => names.indexOf(name)) as [number, number];
    expect(matrix[a]![b]).toBeCloseTo(matrix[a]![a]!, 15);
    expect(fit.converged).toBe(true);
    expect(fit.degreesOfFreedom).toBe(free.degreesOfFreedom - 1);
    expect(() => waldTest(fit, 'expert 1: x = expert 2: x')).toThrow('must not hold by the structure');
    expect(waldTest(fit, 'expert 1: x = 0').statistic).toBeGreaterThan(10);
    expect(summary(fit).text).toContain('equal: x');
  });

  test('it is part of the fit: refits, folds and references keep it', () => {
    const fit = fitOf({ fixed: ['expert 1: x = 0.4', 'gate 1: z = -1'] });
    const { rows, failed } = bootstrap(fit, data, { replicates: 3 });
    expect(failed).toBe(0);
    const slope = rows.find(({ group, name }) => group === 'expert 1' && name === 'x')!;
    expect(slope.interval).toEqual([0.4, 0.4]);
    expect(crossValidate({ ...model, structure: fit.structure!, folds: 2, starts: 2 }).folds).toHaveLength(2);
    const moved = withReference(fit, 1).estimates.find(
      ({ group, name }) => group === 'gate 2' && name === 'z',
    )!;
    expect(moved).toMatchObject({ value: 1, status: 'fixed' });
    expect(expectedResponse(fit, [[0, 0]])).toHaveLength(1);
    const { experts: _experts, ...any } = model;
    const { candidates } = selectExperts({ ...any, range: [1, 2], structure: { equal: ['x'] } });
    expect(candidates.map(({ fit: own }) => own.degreesOfFreedom)).toEqual([3, 7]);
  });
});

/** Problems with random structures, by columns and by jets. */
const structured: [string, CoefficientStructure, object][] = [
  ['shared slopes', { equal: ['x', '(Intercept)'] }, {}],
  ['shared slopes, by jets', { equal: ['x', '(Intercept)'] }, { general: true }],
  [
    'an equation of several',
    { fixed: ['expert 1: x + 2 * expert 2: x - 3 * expert 3: (Intercept) = 1'] },
    {},
  ],
  [
    'dispersions',
    { equal: ['x'], fixed: ['expert 2: sigma = 0.7', 'expert 1: sigma = expert 3: sigma'] },
    {},
  ],
  ['a gate', { absent: ['gate: z'], fixed: ['gate 1: (Intercept) = 0.3'] }, {}],
  ['a gate, by jets', { fixed: ['gate 1: z = gate 2: z', 'expert 2: x = 1'] }, { general: true }],
  ['top-2', { equal: ['x'] }, { gate: topK({ k: 2 }) }],
  [
    'networks',
    {
      fixed: ['expert 1: layer_1/bias[0] = expert 2: layer_1/bias[0]', 'expert 3: layer_1/kernel[0,0] = 0.5'],
    },
    { expert: ffn({ hiddenUnits: [2], activation: 'tanh' }) },
  ],
];

test.each(structured)('derivatives of %s are those of its likelihood', (_name, structure, more) => {
  const {
    gate = softmax(),
    expert = linear(),
    general = false,
  } = more as {
    gate?: ReturnType<typeof softmax>;
    expert?: ReturnType<typeof linear>;
    general?: boolean;
  };
  const sample = columnsOfSample('test', { ...lines(40), expertInputs: ['x', 'z'], gateInputs: ['x', 'z'] });
  const problem = makeProblem({
    ...{ who: 'test', data: sample, variances: 'own', minVariance: 1e-8, seed: 1, general, structure },
    shape: { gate, expert, experts: 3, inputDim: 2, units: 1 },
    family: families[0]!.family,
  });
  const evaluate = mixtureRows(problem);
  const differentiate = derivativesPass(problem, evaluate);
  const random = stream(4, 'point');
  const { size } = problem.coordinates;
  const at = Float64Array.from({ length: size }, () => 0.3 * random.normal());
  const { gradient, hessian } = differentiate(at);
  const moved = (j: number, by: number) => at.map((each, k) => (k === j ? each + by : each));
  const h = 1e-5;
  for (let j = 0; j < size; j++) {
    const [up, down] = [moved(j, h), moved(j, -h)];
    const slope =
      (logLikelihoodAt(problem, evaluate, up) - logLikelihoodAt(problem, evaluate, down)) / (2 * h);
    expect(Math.abs(gradient[j]! - slope)).toBeLessThan(1e-6 * (1 + Math.abs(slope)));
    const [above, below] = [differentiate(up).gradient, differentiate(down).gradient];
    for (let i = j; i < size; i++) {
      const bend = (above[i]! - below[i]!) / (2 * h);
      expect(Math.abs(hessian[i + j * size]! - bend)).toBeLessThan(1e-6 * (1 + Math.abs(bend)));
    }
  }
  // Points and numbers are the same thing twice.
  const there = problem.coordinates.fromNumbers(problem.coordinates.toNumbers(at));
  there.forEach((each, j) => {
    expect(each).toBeCloseTo(at[j]!, 8);
  });
});

test.each([
  [{ equal: ['z9'] }, 'equal must name a number of the experts, one of x, (Intercept), sigma'],
  [{ fixed: ['expert 1: x'] }, 'fixed must have equations'],
  [{ fixed: ['expert 7: x = 1'] }, 'fixed must name numbers of the tables, such as "expert 1: x"'],
  [{ absent: ['nothing'] }, 'absent must name numbers of the tables'],
  [{ fixed: ['expert 1: x = gate 1: z'] }, 'must be of experts, of the gate or of dispersions'],
  [{ fixed: ['expert 1: x = 1', 'expert 1: x = 2'] }, 'must not contradict each other'],
  [{ equal: ['sigma'], fixed: ['expert 1: sigma = 1', 'expert 2: sigma = 2'] }, 'must not contradict'],
  [{ fixed: ['sigma = 0'] }, 'a dispersion is fixed at a number above 0'],
  [{ fixed: ['gate 2: z = 1'] }, 'must name a number that is free'],
  [{ equal: 'x' }, 'equal must be a list of texts'],
  [{ same: ['x'] }, 'structure'],
])('%j is refused', (structure, text) => {
  expect(() => fitOf(structure as CoefficientStructure)).toThrow(text);
});

test('a gate that selects has no fixed coefficients, and one of groups keeps its experts in place', () => {
  const wide = { ...data, gateInputs: ['x', 'z'], expertInputs: ['x', 'z'] };
  expect(() => fitOf({ absent: ['gate: z'] }, { gate: topK({ k: 1 }), data: wide })).toThrow('selects');
  const fit = fitOf(
    { equal: ['x'] },
    { gate: hierarchical({ groups: 2 }), experts: 4, starts: 1, maxIterations: 1 },
  );
  expect(fit.alike).toEqual([0, 1, 2, 3]);
});
