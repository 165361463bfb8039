import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { measureFromJSON, measureToJSON, predict, responsibilities } from '@tfjs-moe/measures';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { simulatedSample } from '../../src/diagnostics/simulate-response.ts';
import {
  bic,
  bootstrap,
  crossValidate,
  fitLeastSquares,
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
  type Sample,
  standardErrors,
  summary,
} from '../../src/index.ts';
import { informationOf, inverse } from './differences.ts';
import { atZero, gateOfZ, lineOfX } from './own-inputs.ts';

/** Persons with one line each, several rows of x, and one z. */
function persons(seed: number, sizes: readonly number[]): Sample & { groups: string[] } {
  const random = stream(seed, 'persons');
  const rows = sizes.flatMap((size, person) => {
    const z = random.normal();
    const isFirst = random.uniform() < 1 / (1 + Math.exp(-z));
    return Array.from({ length: size }, () => {
      const x = random.normal();
      return { x, z, y: (isFirst ? 1 + x : -1 - 0.5 * x) + 0.8 * random.normal(), id: `p${person}` };
    });
  });
  return {
    inputs: rows.map(({ x, z }) => [x, z]),
    response: rows.map(({ y }) => y),
    groups: rows.map(({ id }) => id),
  };
}

const sizes = (seed: number, persons: number) => {
  const random = stream(seed, 'sizes');
  return Array.from({ length: persons }, () => 1 + random.integer(5));
};

function fitted(data: Sample, more: object = {}): MaximumLikelihoodFit {
  return fitMaximumLikelihood({
    ...{ gate: gateOfZ, expert: lineOfX, experts: 2, data },
    initial: { measure: atZero(2) },
    starts: 4,
    ...more,
  });
}

/** The likelihood of every group, written down once more. */
function logLikelihoods({ inputs, response, groups }: Sample, theta: readonly number[]): number[] {
  const [g0, g1, b1, a1, b2, a2, s1, s2] = theta as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const byGroup = new Map<unknown, { first: number; second: number }>();
  inputs.forEach((row, i) => {
    const [x, z] = [row[0]!, row[1]!];
    const p = 1 / (1 + Math.exp(-(g0 + g1 * z)));
    const logs = byGroup.get(groups![i]) ?? { first: Math.log(p), second: Math.log(1 - p) };
    const normal = (mean: number, sigma: number) =>
      -0.5 * Math.log(2 * Math.PI) - Math.log(sigma) - 0.5 * ((response[i]! - mean) / sigma) ** 2;
    logs.first += normal(a1 + b1 * x, s1);
    logs.second += normal(a2 + b2 * x, s2);
    byGroup.set(groups![i], logs);
  });
  return [...byGroup.values()].map(({ first, second }) => {
    const most = Math.max(first, second);
    return most + Math.log(Math.exp(first - most) + Math.exp(second - most));
  });
}

function thetaOf({ measure }: MaximumLikelihoodFit): number[] {
  const { gateParams, expertParams, dispersions } = measure;
  const { slope, bias } = expertParams;
  return [
    gateParams.bias![0]! - gateParams.bias![1]!,
    gateParams['router/slope']![0]! - gateParams['router/slope']![1]!,
    ...[slope![0]!, bias![0]!, slope![1]!, bias![1]!],
    ...dispersions!,
  ];
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

const single = { gate: softmax(), expert: linear(), experts: 1 };

describe('rows in groups', () => {
  test('likelihood, gradient, standard errors and the sandwich are those of a likelihood written down again', () => {
    const sample = persons(1, sizes(1, 120));
    const fit = fitted(sample);
    expect(fit.converged).toBe(true);
    const theta = thetaOf(fit);
    const h = theta.map(() => 1e-4);
    const at = (moves: readonly [number, number][]) =>
      logLikelihoods(
        sample,
        theta.map((value, j) => value + sum(moves.map(([i, s]) => (i === j ? s * h[j]! : 0)))),
      );
    const whole = at([]);
    expect(fit.logLikelihood).toBeCloseTo(sum(whole), 8);
    const scores = theta.map((_, i) => {
      const [up, down] = [at([[i, 1]]), at([[i, -1]])];
      return up.map((value, g) => (value - down[g]!) / (2 * h[i]!));
    });
    for (const own of scores) expect(Math.abs(sum(own))).toBeLessThan(1e-4);
    const information = informationOf((point) => sum(logLikelihoods(sample, point)), theta, h);
    const covariance = inverse(information);
    const middle = scores.map((a) => scores.map((b) => sum(a.map((value, g) => value * b[g]!))));
    const sandwich = covariance.map((row) =>
      covariance.map((column) =>
        sum(row.map((value, k) => value * sum(column.map((other, l) => other * middle[k]![l]!)))),
      ),
    );
    const places = [
      ['gate 1', 'bias'],
      ['gate 1', 'router/slope'],
      ['expert 1', 'slope'],
      ['expert 1', 'bias'],
      ['expert 2', 'slope'],
      ['expert 2', 'bias'],
      ['expert 1', 'log sigma'],
      ['expert 2', 'log sigma'],
    ].map(([group, parameter]) =>
      fit.estimates.findIndex((each) => each.group === group && each.parameter === parameter),
    );
    for (const [errors, expected] of [
      [standardErrors(fit), covariance],
      [standardErrors(fit, 'sandwich'), sandwich],
    ] as const) {
      places.forEach((place, i) => {
        expect(errors[place]! / Math.sqrt(expected[i]![i]!)).toBeCloseTo(1, 4);
      });
    }
  });

  test('as clusters alone change the sandwich, which is that of their summed scores', () => {
    const { groups, ...rows } = persons(9, sizes(9, 150));
    const each = { ...rows, groups: rows.inputs.map((_, i) => i) };
    const plain = fitted(rows);
    const clustered = fitted({ ...rows, clusters: groups });
    expect(clustered.clusters).toBe(150);
    expect(clustered.estimates).toEqual(plain.estimates);
    expect(clustered.covariances.observed).toEqual(plain.covariances.observed);
    expect(summary(clustered, { errors: 'sandwich' }).text).toContain('robust by 150 clusters');
    const theta = thetaOf(clustered);
    const covariance = inverse(
      informationOf(
        (point) => sum(logLikelihoods(each, point)),
        theta,
        theta.map(() => 1e-4),
      ),
    );
    const scores = theta.map((_, i) => {
      const at = (s: number) =>
        logLikelihoods(
          each,
          theta.map((own, k) => (k === i ? own + s * 1e-4 : own)),
        );
      const [up, down] = [at(1), at(-1)];
      const sums = new Map<string, number>();
      groups.forEach((id, row) => {
        sums.set(id, (sums.get(id) ?? 0) + (up[row]! - down[row]!) / 2e-4);
      });
      return [...sums.values()];
    });
    const middle = scores.map((a) => scores.map((b) => sum(a.map((value, g) => value * b[g]!))));
    const errors = standardErrors(clustered, 'sandwich');
    const expected = Math.sqrt(
      sum(covariance[2]!.map((a, k) => sum(covariance[2]!.map((b, l) => a * b * middle[k]![l]!)))),
    );
    const slope = clustered.estimates.findIndex(
      ({ group, parameter }) => group === 'expert 1' && parameter === 'slope',
    );
    expect(errors[slope]! / expected).toBeCloseTo(1, 4);
    const ones = standardErrors(fitted({ ...rows, clusters: each.groups }), 'sandwich');
    const robust = standardErrors(plain, 'sandwich');
    ones.forEach((error, i) => {
      if (error !== null) expect(error / robust[i]!).toBeCloseTo(1, 10);
    });
    const crossing = groups.map((_, i) => i);
    expect(() => fitted({ ...rows, groups, clusters: crossing })).toThrow(
      'clusters must be the same in all rows',
    );
  });

  test('of one row each are no groups', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
        const { groups: _none, ...sample } = persons(seed, sizes(seed, 40));
        const plain = fitted(sample, { starts: 2 });
        const grouped = fitted({ ...sample, groups: sample.inputs.map((_, i) => `row ${i}`) }, { starts: 2 });
        const { groups, ...rest } = grouped;
        expect(groups?.counts).toEqual(plain.counts);
        expect({ ...rest, measure: 0 }).toEqual({ ...plain, measure: 0 });
        expect(bic(grouped)).toBe(bic(plain));
      }),
      { numRuns: 3 },
    );
  });

  test('neither the order of rows nor the names of groups matter', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
        const sample = persons(seed, sizes(seed, 40));
        const at = { initial: { measure: fitted(sample).measure }, starts: 1 };
        const order = [...stream(seed, 'order').permutation(sample.inputs.length)];
        const other = fitted(
          {
            inputs: order.map((i) => sample.inputs[i]!),
            response: order.map((i) => sample.response[i]!),
            groups: order.map((i) => -Number(sample.groups[i]!.slice(1))),
          },
          at,
        );
        const first = fitted(sample, at);
        expect(other.logLikelihood).toBeCloseTo(first.logLikelihood, 8);
        expect(other.entropy).toBeCloseTo(first.entropy, 5);
        expect([...other.groups!.counts].sort()).toEqual([...first.groups!.counts].sort());
      }),
      { numRuns: 4 },
    );
  });

  test('of weight two are as good as groups that are there twice', () => {
    const sample = persons(3, sizes(3, 50));
    const weights = sample.groups.map((id) => (Number(id.slice(1)) % 2 === 0 ? 2 : 1));
    const twice = sample.inputs.flatMap((_, i) => (weights[i] === 2 ? [i] : []));
    const weighted = fitted({ ...sample, weights });
    const repeated = fitted({
      inputs: [...sample.inputs, ...twice.map((i) => sample.inputs[i]!)],
      response: [...(sample.response as number[]), ...twice.map((i) => sample.response[i]!)],
      groups: [...sample.groups, ...twice.map((i) => `${sample.groups[i]} again`)],
    });
    expect(weighted.logLikelihood).toBeCloseTo(repeated.logLikelihood, 8);
    expect(bic(weighted)).toBeCloseTo(bic(repeated), 8);
    const errors = [weighted, repeated].map((fit) => standardErrors(fit, 'sandwich'));
    errors[0]!.forEach((error, i) => {
      if (error !== null) expect(error / errors[1]![i]!).toBeCloseTo(1, 6);
    });
  });

  test('have responsibilities in common, and BIC counts them', () => {
    const sample = persons(4, sizes(4, 60));
    const fit = fitted(sample);
    expect(fit.groups!.n).toBe(60);
    expect(bic(fit)).toBeCloseTo(-2 * fit.logLikelihood + 8 * Math.log(60), 9);
    expect(summary(fit).text).toContain(`n = ${fit.n} in 60 groups`);
    const r = responsibilities(fit.measure, sample);
    const likeliest = new Map<string, number>();
    sample.groups.forEach((id, i) => {
      expect(r[2 * i]! + r[2 * i + 1]!).toBeCloseTo(1, 12);
      const known = likeliest.get(id) ?? r[2 * i]!;
      expect(r[2 * i]).toBeCloseTo(known, 12);
      likeliest.set(id, known);
    });
    const counts = [...likeliest.values()].filter((first) => first > 0.5).length;
    expect(fit.groups!.counts[0]).toBe(counts);
  });

  test('stay whole in folds, whose likelihoods are those of groups', () => {
    const sample = persons(5, [3, 3, 3, 3, 3, 3, 3, 3]);
    const { folds, logLikelihood } = crossValidate({ ...single, data: sample, folds: 8 });
    expect(folds.map(({ rows, weight }) => [rows, weight])).toEqual(folds.map(() => [3, 1]));
    const left = [...new Set(sample.groups)].map((id) => {
      const rows = (kept: boolean) => sample.groups.flatMap((own, i) => ((own === id) === kept ? [i] : []));
      const of = (places: readonly number[]) => ({
        inputs: places.map((i) => sample.inputs[i]!),
        response: places.map((i) => sample.response[i]!),
      });
      const { measure } = fitMaximumLikelihood({ ...single, data: of(rows(false)) });
      const { inputs, response } = of(rows(true));
      const sigma = measure.dispersions![0]!;
      const means = predict(measure, inputs);
      return sum(
        response.map(
          (y, i) => -0.5 * Math.log(2 * Math.PI) - Math.log(sigma) - 0.5 * ((y - means[i]!) / sigma) ** 2,
        ),
      );
    });
    expect(logLikelihood).toBeCloseTo(sum(left) / 8, 8);
  });

  test('stay whole where they are drawn again: rows that say the same five times say it once', () => {
    const { inputs, response } = persons(8, Array(40).fill(1));
    const five = <T>(values: ArrayLike<T>) =>
      Array.from(values).flatMap((value) => Array(5).fill(value) as T[]);
    const rows = { inputs: five(inputs), response: five(response) };
    const errorsOf = (sample: Sample) =>
      bootstrap(fitMaximumLikelihood({ ...single, data: sample }), sample, { replicates: 40 }).rows.find(
        ({ name, part }) => part === 'expert' && name === 'x1',
      )!.standardError;
    const groups = inputs.flatMap((_, i) => [i, i, i, i, i]);
    const ratio = errorsOf({ ...rows, groups }) / errorsOf(rows);
    expect(ratio).toBeGreaterThan(1.7);
    expect(ratio).toBeLessThan(3);
    expect(errorsOf({ ...rows, clusters: groups })).toBe(errorsOf({ ...rows, groups }));
    const grouped = fitMaximumLikelihood({ ...single, data: { ...rows, groups } });
    expect(() => bootstrap(grouped, rows, { replicates: 2 })).toThrow('with groups');
  });

  test('have one expert where responses are drawn', () => {
    const sample = persons(
      5,
      Array.from({ length: 40 }, () => 3),
    );
    const fit = fitted(sample);
    const far = measureFromJSON(measureToJSON({ ...fit.measure }));
    const apart = {
      ...fit,
      measure: { ...far, expertParams: { ...far.expertParams, bias: [100, -100] } },
    };
    const drawn = Array.from(simulatedSample(apart, sample, stream(1, 'drawn')).response);
    const signs = sample.groups.map((id, i) => `${id} ${Math.sign(drawn[i]!)}`);
    expect(new Set(signs).size).toBe(40);
  });

  test('are found again by default starts where they decide what rows alone cannot', () => {
    const random = stream(7, 'weak');
    const rows = Array.from({ length: 80 }, (_, person) => {
      const z = random.normal();
      const side = random.uniform() < 1 / (1 + Math.exp(-z)) ? 1 : -1;
      return Array.from({ length: 8 }, () => {
        const x = random.normal();
        return { x, z, y: side * (0.4 + 0.5 * x) + random.normal(), id: person };
      });
    }).flat();
    const fit = fitted(
      {
        inputs: rows.map(({ x, z }) => [x, z]),
        response: rows.map(({ y }) => y),
        groups: rows.map(({ id }) => id),
      },
      { starts: 10 },
    );
    expect(fit.converged).toBe(true);
    expect(Math.max(...fit.measure.expertParams.bias!)).toBeGreaterThan(0.2);
    expect(Math.min(...fit.measure.expertParams.bias!)).toBeLessThan(-0.2);
  });

  test('are refused by name where they cannot be', () => {
    const sample = persons(6, sizes(6, 20));
    const model = { gate: softmax(), expert: linear(), experts: 2, data: sample };
    expect(() => fitMaximumLikelihood(model)).toThrow(
      'what the gate sees must be the same in all rows of a group',
    );
    expect(() => fitMaximumLikelihood(model)).toThrow('"x1" is not');
    expect(() => fitMaximumLikelihood({ ...model, gate: topK({ k: 1 }) })).toThrow('this one selects');
    expect(() => fitLeastSquares(model)).toThrow('groups is part of a likelihood');
    expect(() => fitted({ ...sample, groups: ['a'] })).toThrow('groups must have');
    expect(() => fitted({ ...sample, groups: sample.groups.map(() => Number.NaN) })).toThrow(
      'groups must hold',
    );
    const weights = sample.groups.map((_, i) => 1 + (i % 2));
    expect(() => fitted({ ...sample, weights })).toThrow('weights must be the same in all rows of a group');
    expect(() => fitted(persons(6, [30, 30]), { experts: 3, initial: { measure: atZero(3) } })).toThrow(
      'experts must be at most 2, the number of groups',
    );
  });
});
