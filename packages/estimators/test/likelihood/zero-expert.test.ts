import { stream } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, softmax } from '@tfjs-moe/gates';
import { measureFromJSON, measureToJSON, responsibilities } from '@tfjs-moe/measures';
import { logGamma } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';
import { simulatedSample } from '../../src/diagnostics/simulate-response.ts';
import {
  bootstrap,
  crossValidate,
  expectedResponse,
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
  residuals,
  type Sample,
  selectExperts,
  standardErrors,
  summary,
} from '../../src/index.ts';
import { informationOf, inverse } from './differences.ts';

const model = { gate: softmax(), expert: linear(), zeroExpert: true };

/** Counts around $e^{0.8 + 0.5 x}$ that are 0 for another reason with probability $1 / (1 + e^{0.3 - x})$. */
function counts(n: number, seed = 1): Sample & { response: number[] } {
  const random = stream(seed, 'counts');
  const inputs = Array.from({ length: n }, () => [random.normal()]);
  const response = inputs.map(([x]) => {
    if (random.uniform() < 1 / (1 + Math.exp(0.3 - x!))) return 0;
    let [count, left] = [0, random.uniform()];
    const mean = Math.exp(0.8 + 0.5 * x!);
    for (let mass = Math.exp(-mean); left >= mass && mass > 0; mass *= mean / count) {
      left -= mass;
      count++;
    }
    return count;
  });
  return { inputs, response };
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const mix = (p: number, a: number, b: number) => Math.log(p * Math.exp(a) + (1 - p) * Math.exp(b));

/** A zero-inflated likelihood, written down once more: a count's law with its probability, or 0. */
function logLikelihood({ inputs, response }: Sample, [g0, g1, b0, b1, logTheta]: readonly number[]): number {
  return sum(
    inputs.map((row, i) => {
      const x = row[0];
      const y = (response as number[])[i]!;
      const p = 1 / (1 + Math.exp(-(g0! + g1! * x!)));
      const h = b0! + b1! * x!;
      const theta = Math.exp(logTheta ?? 0);
      const log =
        logTheta === undefined
          ? y * h - Math.exp(h) - logGamma(y + 1)
          : logGamma(y + theta) -
            logGamma(theta) -
            logGamma(y + 1) +
            theta * Math.log(theta / (theta + Math.exp(h))) +
            (y === 0 ? 0 : y * Math.log(Math.exp(h) / (theta + Math.exp(h))));
      return mix(p, log, y === 0 ? 0 : -Infinity);
    }),
  );
}

function thetaOf({ measure }: MaximumLikelihoodFit): number[] {
  const { gateParams, expertParams, dispersions, family } = measure;
  return [
    gateParams.bias![0]! - gateParams.bias![1]!,
    gateParams['router/kernel']![0]! - gateParams['router/kernel']![1]!,
    expertParams.bias![0]!,
    expertParams.kernel![0]!,
    ...(family?.dispersion === undefined ? [] : [Math.log(dispersions![0]!)]),
  ];
}

describe('a zero expert', () => {
  test.each(['poisson', 'negativeBinomial'])(
    'of %s: likelihood and standard errors of zero inflation',
    (family) => {
      const sample = counts(700);
      const data =
        family === 'poisson'
          ? sample
          : { ...sample, response: sample.response.map((y, i) => (i % 5 === 0 ? 3 * y : y)) };
      const fit = fitMaximumLikelihood({ ...model, experts: 2, family, data });
      expect(fit.converged).toBe(true);
      expect(fit.warnings).toEqual([]);
      const theta = thetaOf(fit);
      expect(fit.degreesOfFreedom).toBe(theta.length);
      expect(fit.logLikelihood).toBeCloseTo(logLikelihood(data, theta), 8);
      const value = (point: readonly number[]) => logLikelihood(data, point);
      const covariance = inverse(
        informationOf(
          value,
          theta,
          theta.map(() => 1e-3),
        ),
      );
      const scale = theta.map((own, i) => (i === 4 ? Math.exp(own) : 1));
      const expected = covariance.map((row, i) => Math.sqrt(row[i]!) * scale[i]!);
      const ours = standardErrors(fit)
        .filter((error) => error !== null)
        .map(Number);
      expect(ours.length).toBe(theta.length);
      const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
      sorted(ours).forEach((error, i) => {
        expect(error / sorted(expected)[i]!).toBeCloseTo(1, 4);
      });
      for (const [i, width] of theta.map(() => 1e-5).entries()) {
        const at = (s: number) => value(theta.map((own, k) => (k === i ? own + s * width : own)));
        expect(Math.abs((at(1) - at(-1)) / (2 * width))).toBeLessThan(1e-3);
      }
    },
  );

  test('beside two experts with dispersions of their own', () => {
    const random = stream(4, 'two');
    const one = counts(600, 2);
    const response = one.response.map((y) => (random.uniform() < 0.4 ? 12 * y : y));
    const fit = fitMaximumLikelihood({
      ...model,
      experts: 3,
      family: 'negativeBinomial',
      data: { ...one, response },
      starts: 4,
    });
    expect(fit.degreesOfFreedom).toBe(2 * 2 + 2 * 2 + 2);
    const { bias, kernel } = fit.measure.expertParams;
    expect([kernel![2], bias![2]]).toEqual([0, -1000]);
    expect(fit.measure.dispersions!.length).toBe(3);
    const statuses = fit.estimates.filter(({ group, part }) => group === 'expert 3' && part === 'expert');
    expect(statuses.map(({ status }) => status)).toEqual(['held', 'held']);
    expect(summary(fit).text).toContain('expert 3: zero');
    // A zero expert is one that no positive count belongs to.
    const r = responsibilities(fit.measure, { ...one, response });
    response.forEach((y, i) => {
      if (y > 0) expect(r[3 * i + 2]).toBe(0);
    });
  });

  test('has its part in all that follows from a fit', () => {
    const data = counts(400, 3);
    const fit = fitMaximumLikelihood({ ...model, experts: 2, family: 'poisson', data });
    const [g0, g1, b0, b1] = thetaOf(fit) as [number, number, number, number];
    expect(expectedResponse(fit, [[0.7]])[0]).toBeCloseTo(
      Math.exp(b0 + 0.7 * b1) / (1 + Math.exp(-(g0 + 0.7 * g1))),
      10,
    );
    expect(residuals(fit, data).every(Number.isFinite)).toBe(true);
    const drawn = Array.from(simulatedSample(fit, data, stream(1, 'drawn')).response);
    const zeros = (of: ArrayLike<number>) => Array.from(of).filter((y) => y === 0).length;
    expect(Math.abs(zeros(drawn) - zeros(data.response))).toBeLessThan(60);
    const again = measureFromJSON(JSON.parse(JSON.stringify(measureToJSON(fit.measure))));
    expect(responsibilities(again, data)).toEqual(responsibilities(fit.measure, data));
    const { rows, failed } = bootstrap(fit, data, { replicates: 12 });
    expect(failed).toBe(0);
    const slope = rows.find(({ group, name }) => group === 'expert 1' && name === 'x1')!;
    expect(
      slope.standardError /
        standardErrors(fit)[
          fit.estimates.findIndex(({ group, name }) => group === 'expert 1' && name === 'x1')
        ]!,
    ).toBeLessThan(2);
    const options = { gate: softmax(), expert: linear(), family: 'poisson', data, folds: 3, starts: 2 };
    const inflated = crossValidate({ ...options, experts: 2, zeroExpert: true });
    expect(inflated.logLikelihood).toBeGreaterThan(crossValidate({ ...options, experts: 1 }).logLikelihood);
    const { candidates } = selectExperts({ ...model, family: 'poisson', data, range: [2, 3], starts: 2 });
    expect(candidates.every(({ fit: each }) => each.zeroExpert)).toBe(true);
  });

  test('in groups is of those who never have one: of persons without any count', () => {
    const random = stream(6, 'persons');
    const never = Array.from({ length: 60 }, () => random.uniform() < 0.4);
    const groups = never.flatMap((_, person) => [person, person, person, person]);
    const response = groups.map((person) => (never[person] ? 0 : random.integer(4)));
    const inputs = groups.map((person) => [person % 2]);
    const fit = fitMaximumLikelihood({
      ...model,
      experts: 2,
      family: 'poisson',
      data: { inputs, response, groups },
    });
    expect(fit.converged).toBe(true);
    const without = never.filter((_, person) =>
      groups.every((own, i) => own !== person || response[i] === 0),
    );
    expect(fit.groups!.counts[1]).toBe(without.length);
  });

  test('is refused by name where there is none', () => {
    const data = counts(60);
    const of = (options: object) => () =>
      fitMaximumLikelihood({ ...model, experts: 2, family: 'poisson', data, ...options });
    expect(of({ family: 'gaussian' })).toThrow('a zero expert is for counts and successes');
    expect(of({ experts: 1 })).toThrow('there must be at least two, itself and another');
    expect(of({ gate: hierarchical({ groups: 2 }), experts: 4 })).toThrow(
      'a gate of groups has no zero expert',
    );
    expect(of({ expert: ffn({ hiddenUnits: 2 }) })).toThrow(
      'the experts must be linear in all that they learn',
    );
    expect(of({ expert: linear({ useBias: false }) })).toThrow('with an intercept');
    expect(of({ zeroExpert: 1 })).toThrow('zeroExpert must be');
  });
});
