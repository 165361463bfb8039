/** Contrasts and tests of hypotheses against the covariance matrix, classical numbers and each other. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import {
  contrasts,
  fitMaximumLikelihood,
  likelihoodRatioTest,
  vcov,
  waldTest,
  withReference,
} from '../../src/index.ts';
import { referenceSample } from '../likelihood/reference.ts';

const model = { gate: softmax(), expert: linear() };
const data = referenceSample('B_d1k3_n1000');
const fit = fitMaximumLikelihood({ ...model, experts: 3, data, starts: 3 });
const estimateOf = (full: string) =>
  fit.estimates.find(({ group, name }) => `${group}: ${name}` === full)!.value;
const covarianceOf = (a: string, b: string, errors: 'observed' | 'sandwich' = 'observed') => {
  const { names, matrix } = vcov(fit, errors);
  return matrix[names.indexOf(a)]![names.indexOf(b)]!;
};
const [one, two, three] = ['expert 1: x1', 'expert 2: x1', 'expert 3: x1'] as const;

describe('contrasts', () => {
  test.each(['observed', 'sandwich'] as const)('have the errors that the %s covariance says', (errors) => {
    const [found] = contrasts(fit, `${one} - 2 * ${two} + 0.5`, { errors, level: 0.9 });
    expect(found!.value).toBeCloseTo(estimateOf(one) - 2 * estimateOf(two) + 0.5, 12);
    const variance =
      covarianceOf(one, one, errors) -
      4 * covarianceOf(one, two, errors) +
      4 * covarianceOf(two, two, errors);
    expect(found!.standardError).toBeCloseTo(Math.sqrt(variance), 12);
    expect(found!.zValue).toBeCloseTo(found!.value / Math.sqrt(variance), 10);
    expect(found!.interval[1] - found!.value).toBeCloseTo(1.6448536269514722 * Math.sqrt(variance), 10);
  });

  test('stand for every expert, every gate, or both, in the tables where all names stand', () => {
    const texts = (written: string) => contrasts(fit, written).map(({ text }) => text);
    expect(texts('expert: x1')).toEqual([1, 2, 3].map((e) => `expert ${e}: x1`));
    expect(texts('gate: x1 = 0')).toEqual(['gate 1: x1 = 0', 'gate 2: x1 = 0']);
    expect(texts('x1')).toHaveLength(5);
    expect(texts('sigma = 1')).toHaveLength(3);
    expect(contrasts(fit, '`(Intercept)` = x1').map(({ value }) => value)[2]).toBeCloseTo(
      estimateOf('expert 1: (Intercept)') - estimateOf(one),
      12,
    );
  });

  test('of gates do not depend on the reference', () => {
    const [before] = contrasts(fit, 'gate 1: x1 - gate 3: x1');
    const [after] = contrasts(withReference(fit, 1), 'gate 1: x1 - gate 3: x1');
    expect(after!.value).toBeCloseTo(before!.value, 9);
    expect(after!.standardError).toBeCloseTo(before!.standardError, 9);
  });

  test.each<[string, string]>([
    ['x9 = 0', 'must name numbers of the tables, such as "expert 1: x1"'],
    ['2 3 = 0', 'must have + or - between terms'],
    ['3 = 4', 'must have a name that was estimated'],
    ['gate 3: x1', 'must have a name that was estimated'],
    ['a = b = c', 'one = at most'],
    ['= 3', 'must have terms'],
    ['gate: x1 = sigma', 'must stand in one table'],
  ])('%s is refused', (written, said) => {
    expect(() => contrasts(fit, written)).toThrow(said);
  });
});

test('names may hold signs, and the longest that fits is meant', () => {
  const random = stream(3);
  const inputs = Array.from({ length: 200 }, () => [random.normal(), random.normal(), random.normal()]);
  const response = inputs.map(([a, b, c]) => a! + 2 * b! - c! + random.normal());
  const inputNames = ['x', 'x + 1', 'x - x'];
  const named = fitMaximumLikelihood({ ...model, experts: 1, data: { inputs, response, inputNames } });
  const at = (name: string) => named.estimates.find((each) => each.name === name)!.value;
  const values = (written: string) => contrasts(named, written)[0]!.value;
  expect(values('x + 1')).toBeCloseTo(at('x + 1'), 12);
  expect(values('`x` + 1')).toBeCloseTo(at('x') + 1, 12);
  expect(values('x - x - x + 1')).toBeCloseTo(at('x - x') - at('x + 1'), 12);
});

describe('waldTest', () => {
  test('of one hypothesis is the square of its z, on one degree of freedom', () => {
    const { statistic, degreesOfFreedom, pValue, hypotheses } = waldTest(fit, `${one} = 1.5`);
    expect(degreesOfFreedom).toBe(1);
    expect(statistic).toBeCloseTo(((estimateOf(one) - 1.5) / Math.sqrt(covarianceOf(one, one))) ** 2, 9);
    expect(pValue).toBeCloseTo(hypotheses[0]!.pValue, 12);
  });

  test('of two is the quadratic form of the inverse covariance, on exp(-W/2)', () => {
    const [a, b, c] = [covarianceOf(one, one), covarianceOf(one, two), covarianceOf(two, two)];
    const [u, v] = [estimateOf(one) - 1.5, estimateOf(two) - 1];
    const square = (c * u * u - 2 * b * u * v + a * v * v) / (a * c - b * b);
    const { statistic, degreesOfFreedom, pValue } = waldTest(fit, [`${one} = 1.5`, `${two} = 1`]);
    expect(degreesOfFreedom).toBe(2);
    expect(statistic / square).toBeCloseTo(1, 10);
    expect(pValue).toBeCloseTo(Math.exp(-statistic / 2), 10);
  });

  test('counts what follows from the others once, whatever the order', () => {
    const pairs = [`${one} = ${two}`, `${two} = ${three}`, `${three} = ${one}`];
    const { statistic, degreesOfFreedom } = waldTest(fit, pairs);
    expect(degreesOfFreedom).toBe(2);
    for (const some of [pairs.slice(1), [pairs[2]!, pairs[0]!]])
      expect(waldTest(fit, some).statistic / statistic).toBeCloseTo(1, 8);
    expect(() => waldTest(fit, [...pairs, `${one} = ${three} + 1`])).toThrow('contradict');
  });

  test('of all experts is that of each of them', () => {
    const all = waldTest(fit, 'expert: x1 = 0');
    const listed = waldTest(fit, [`${one} = 0`, `${two} = 0`, `${three} = 0`]);
    expect([all.statistic, all.degreesOfFreedom]).toEqual([listed.statistic, 3]);
  });

  test('answers what the data determine where a gate separates two of three experts, and refuses the rest by name', () => {
    const random = stream(11);
    const inputs = Array.from({ length: 600 }, (_, i) => [i / 300 - 1]);
    const response = inputs.map(([x]) => {
      const isLeft = x! < -0.3;
      const level = isLeft ? 20 : random.uniform() < 1 / (1 + Math.exp(-3 * x!)) ? 4 + x! : -4 - x!;
      return level + 0.3 * random.normal();
    });
    const separated = fitMaximumLikelihood({ ...model, experts: 3, data: { inputs, response }, starts: 5 });
    expect(separated.warnings.map(({ reason }) => reason)).toContain('separated gate');
    const pairs = ['1 - 2', '1 - 3', '2 - 3'].map((pair) => pair.replace(/\d/g, (e) => `gate ${e}: x1`));
    const answers = pairs.map((pair) => {
      try {
        return contrasts(separated, pair)[0]!.standardError;
      } catch (error) {
        expect(String(error)).toContain('not identified');
        return undefined;
      }
    });
    const known = answers.filter((each) => each !== undefined);
    expect(known).toHaveLength(1);
    expect(known[0]!).toBeGreaterThan(0.05);
    expect(known[0]!).toBeLessThan(2);
  });
});

describe('likelihoodRatioTest', () => {
  const common = fitMaximumLikelihood({ ...model, experts: 3, data, starts: 3, variances: 'common' });

  test('is twice the difference on the difference of the degrees of freedom', () => {
    const { statistic, degreesOfFreedom, pValue } = likelihoodRatioTest(common, fit);
    expect(statistic).toBeCloseTo(2 * (fit.logLikelihood - common.logLikelihood), 9);
    expect(degreesOfFreedom).toBe(2);
    expect(pValue).toBeCloseTo(Math.exp(-statistic / 2), 12);
  });

  test('refuses the wrong order, other samples and other numbers of experts', () => {
    expect(() => likelihoodRatioTest(fit, common)).toThrow('must have more degrees of freedom');
    expect(() => likelihoodRatioTest(fit, { ...fit, n: 999 })).toThrow('one sample, with n 1000');
    const two = fitMaximumLikelihood({ ...model, experts: 2, data, starts: 1 });
    expect(() => likelihoodRatioTest(two, fit)).toThrow('take testExperts');
    const more = { ...fit, responseNames: ['y', 'v'] };
    expect(() => likelihoodRatioTest(common, more)).toThrow('the same responses together');
    expect(() => likelihoodRatioTest(more, { ...more, responseNames: ['y', 'w'] })).toThrow('same responses');
    expect(() => likelihoodRatioTest({ ...common, family: { kind: 'poisson' } }, fit)).toThrow(
      'both of densities',
    );
  });
});
