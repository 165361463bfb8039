/** Several Gaussian responses with a covariance, against closed forms and a likelihood of its own. */
import { stream } from '@tfjs-moe/core';
import { simulate } from '@tfjs-moe/datasets';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { responsibilities } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import {
  bootstrap,
  coefficients,
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
  testExperts,
  withReference,
} from '../../../src/index.ts';
import { determinantAndInverse, hessianOf, inverseOf } from './matrices.ts';

const random = stream(11, 'several');
const n = 120;
const inputs = Array.from({ length: n }, () => [4 * random.uniform() - 2]);

/** Two experts with correlations of opposite signs, and responses in units that are far apart. */
const drawn = inputs.map(([x]) => {
  const isFirst = random.uniform() < 1 / (1 + Math.exp(-1.5 * x!));
  const [u, v, w] = [random.normal(), random.normal(), random.normal()];
  return isFirst
    ? [1 + 2 * x! + 0.5 * u, 1000 * (2 - x! + 0.4 * (0.8 * u + 0.6 * v)), 0.3 * w + x!]
    : [-2 - x! + 0.3 * u, 1000 * (-1 + x! + 0.6 * (-0.6 * u + 0.8 * v)), 0.5 * (w + u)];
});
const column = (j: number) => drawn.map((row) => row[j]!);
const sampleOf = (count: number, more: Partial<Sample> = {}): Sample => ({
  inputs,
  response: column(0),
  inputNames: ['x'],
  responseName: 'a',
  moreResponses: ['b', 'c'].slice(0, count - 1).map((name, j) => ({ name, values: column(j + 1) })),
  ...more,
});
const model = { gate: softmax(), expert: linear(), experts: 2, starts: 4 } as const;
const two = fitMaximumLikelihood({ ...model, data: sampleOf(2) });

const estimateOf = (fit: MaximumLikelihoodFit, group: string, name: string): number => {
  const found = fit.estimates.find((each) => each.group === group && each.name === name);
  if (found === undefined) throw new Error(`${group}: ${name} is no estimate`);
  return found.value;
};

/** The density written out: means, deviations and correlations by the names of the tables. */
function logLikelihoodBy(
  of: (group: string, name: string) => number,
  names: readonly string[],
  experts: number,
) {
  const parts = Array.from({ length: experts }, (_, e) => {
    const group = `expert ${e + 1}`;
    const covariance = names.map((first, j) =>
      names.map((second, k) => {
        const [a, b] = [of(group, `sigma ${first}`), of(group, `sigma ${second}`)];
        const [low, high] = j < k ? [first, second] : [second, first];
        return j === k ? a * b : a * b * of(group, `correlation ${low} ${high}`);
      }),
    );
    return { group, ...determinantAndInverse(covariance) };
  });
  return inputs.reduce((total, [x], i) => {
    const logits = parts.map((_, e) =>
      e === experts - 1 ? 0 : of(`gate ${e + 1}`, '(Intercept)') + of(`gate ${e + 1}`, 'x') * x!,
    );
    const sum = Math.log(logits.reduce((all, logit) => all + Math.exp(logit), 0));
    const logs = parts.map(({ group, determinant, inverse }, e) => {
      const left = names.map(
        (name, j) => drawn[i]![j]! - of(group, `${name}: (Intercept)`) - of(group, `${name}: x`) * x!,
      );
      const square = left.reduce(
        (all, u, j) => all + left.reduce((own, v, k) => own + u * inverse[j]![k]! * v, 0),
        0,
      );
      const constant = names.length * Math.log(2 * Math.PI) + Math.log(determinant);
      return logits[e]! - sum - 0.5 * (constant + square);
    });
    const largest = Math.max(...logs);
    return total + largest + Math.log(logs.reduce((all, log) => all + Math.exp(log - largest), 0));
  }, 0);
}

describe('one expert', () => {
  const fit = fitMaximumLikelihood({ ...model, experts: 1, data: sampleOf(3) });
  const names = ['a', 'b', 'c'];
  const mean = (of: (i: number) => number) => inputs.reduce((sum, _, i) => sum + of(i) / n, 0);
  const x = (i: number) => inputs[i]![0]!;
  const [middle, spread] = [mean(x), mean((i) => x(i) ** 2) - mean(x) ** 2];
  const lines = names.map((_, j) => {
    const y = (i: number) => drawn[i]![j]!;
    const slope = (mean((i) => x(i) * y(i)) - middle * mean(y)) / spread;
    const intercept = mean(y) - slope * middle;
    return { slope, intercept, left: (i: number) => y(i) - intercept - slope * x(i) };
  });
  const covariance = lines.map((one) => lines.map((other) => mean((i) => one.left(i) * other.left(i))));

  test('is multivariate regression by closed form: lines, covariance and log-likelihood', () => {
    lines.forEach(({ slope, intercept }, j) => {
      expect(estimateOf(fit, 'expert 1', `${names[j]}: x`) / slope).toBeCloseTo(1, 9);
      expect(estimateOf(fit, 'expert 1', `${names[j]}: (Intercept)`) / intercept).toBeCloseTo(1, 8);
      expect(estimateOf(fit, 'expert 1', `sigma ${names[j]}`) / Math.sqrt(covariance[j]![j]!)).toBeCloseTo(
        1,
        9,
      );
    });
    const correlation = covariance[0]![1]! / Math.sqrt(covariance[0]![0]! * covariance[1]![1]!);
    expect(estimateOf(fit, 'expert 1', 'correlation a b')).toBeCloseTo(correlation, 9);
    const { determinant } = determinantAndInverse(covariance);
    const wanted = -0.5 * n * (3 * Math.log(2 * Math.PI) + Math.log(determinant) + 3);
    expect(fit.logLikelihood).toBeCloseTo(wanted, 7);
    expect(fit.degreesOfFreedom).toBe(6 + 6);
    expect(fit.converged).toBe(true);
  });

  test('has the standard errors of multivariate regression', () => {
    const errors = standardErrors(fit);
    const errorOf = (name: string) => errors[fit.estimates.findIndex((each) => each.name === name)]!;
    lines.forEach((_, j) => {
      const variance = covariance[j]![j]!;
      expect(errorOf(`${names[j]}: x`) / Math.sqrt(variance / (n * spread))).toBeCloseTo(1, 7);
      expect(errorOf(`sigma ${names[j]}`) / Math.sqrt(variance / (2 * n))).toBeCloseTo(1, 7);
    });
    const correlation = estimateOf(fit, 'expert 1', 'correlation a c');
    expect(errorOf('correlation a c')).toBeCloseTo((1 - correlation ** 2) / Math.sqrt(n), 8);
  });
});

describe('two experts', () => {
  const names = ['a', 'b'];
  const free = two.estimates.flatMap(({ status }, i) => (status === 'estimated' ? [i] : []));
  const by = (values: readonly number[]) => (group: string, name: string) => {
    const place = two.estimates.findIndex((each) => each.group === group && each.name === name);
    return values[free.indexOf(place)]!;
  };
  const at = free.map((i) => two.estimates[i]!.value);
  const value = (values: readonly number[]) => logLikelihoodBy(by(values), names, 2);

  test('have the log-likelihood of the density written out, with all constants, at a maximum of it', () => {
    expect(two.converged).toBe(true);
    expect(two.warnings).toEqual([]);
    expect(two.logLikelihood).toBeCloseTo(value(at), 8);
    expect(two.degreesOfFreedom).toBe(2 + 2 * (4 + 3));
    const errors = standardErrors(two);
    free.forEach((i, j) => {
      for (const step of [-0.2, 0.2])
        expect(value(at.map((each, k) => (k === j ? each + step * errors[i]! : each)))).toBeLessThan(
          two.logLikelihood,
        );
    });
  });

  test('have the standard errors of differences of that density', () => {
    const errors = standardErrors(two);
    const scales = free.map((i) => errors[i]!);
    const hessian = hessianOf((u) => value(u.map((each, j) => at[j]! + each * scales[j]!)), free.length);
    const inverse = inverseOf(hessian.map((row) => row.map((each) => -each)));
    free.forEach((_, j) => {
      expect(Math.sqrt(inverse[j]![j]!)).toBeCloseTo(1, 3);
    });
  });

  test('find the experts that made the data', () => {
    const first = estimateOf(two, 'expert 1', 'a: x') > 0 ? 1 : 2;
    expect(estimateOf(two, `expert ${first}`, 'correlation a b')).toBeGreaterThan(0.6);
    expect(estimateOf(two, `expert ${3 - first}`, 'correlation a b')).toBeLessThan(-0.4);
    expect(estimateOf(two, `expert ${first}`, 'sigma b')).toBeGreaterThan(300);
  });
});

describe('the same model, said otherwise', () => {
  const sameNumbers = (a: MaximumLikelihoodFit, b: MaximumLikelihoodFit, digits = 6) => {
    expect(a.logLikelihood).toBeCloseTo(b.logLikelihood, digits);
    a.estimates.forEach(({ value }, i) => {
      expect(value / b.estimates[i]!.value || 1).toBeCloseTo(1, digits);
    });
    standardErrors(a).forEach((error, i) => {
      expect((error ?? 1) / (standardErrors(b)[i] ?? 1)).toBeCloseTo(1, digits - 1);
    });
  };

  test('no further response is the fit of one number', () => {
    const one = fitMaximumLikelihood({ ...model, data: sampleOf(1) });
    const { moreResponses: _, ...data } = sampleOf(1);
    const plain = fitMaximumLikelihood({ ...model, data });
    expect(fitToJSON(one)).toEqual(fitToJSON(plain));
  });

  test('responses that do not depend on each other have the likelihoods of each, added', () => {
    const model1 = { ...model, experts: 1, data: sampleOf(1) };
    const together = fitMaximumLikelihood({ ...model, experts: 1, data: sampleOf(2) });
    const alone = ['a', 'b'].map((_name, j) =>
      fitMaximumLikelihood({ ...model1, data: { ...sampleOf(1), response: column(j) } }),
    );
    const correlation = estimateOf(together, 'expert 1', 'correlation a b');
    const gain = -0.5 * n * Math.log1p(-(correlation ** 2));
    expect(together.logLikelihood - gain).toBeCloseTo(alone[0]!.logLikelihood + alone[1]!.logLikelihood, 7);
    expect(estimateOf(together, 'expert 1', 'a: x')).toBeCloseTo(estimateOf(alone[0]!, 'expert 1', 'x'), 10);
  });

  test('responses in another order are the same', () => {
    const turned = sampleOf(1, { response: column(1), responseName: 'b' });
    const other = fitMaximumLikelihood({
      ...model,
      data: { ...turned, moreResponses: [{ name: 'a', values: column(0) }] },
    });
    expect(other.logLikelihood).toBeCloseTo(two.logLikelihood, 7);
    for (const name of ['a: x', 'sigma b'])
      expect(estimateOf(other, 'expert 1', name) / estimateOf(two, 'expert 1', name)).toBeCloseTo(1, 6);
    expect(estimateOf(other, 'expert 2', 'correlation b a')).toBeCloseTo(
      estimateOf(two, 'expert 2', 'correlation a b'),
      7,
    );
  });

  test('weights are repeated rows, and groups of one row are rows', () => {
    const weights = inputs.map((_, i) => 1 + (i % 2));
    const repeated = inputs.flatMap((_, i) => new Array<number>(weights[i]!).fill(i));
    const pick = (values: ArrayLike<number>) => repeated.map((i) => values[i]!);
    const rows = sampleOf(2);
    const expanded = {
      ...rows,
      inputs: repeated.map((i) => inputs[i]!),
      response: pick(rows.response),
      moreResponses: rows.moreResponses!.map(({ name, values }) => ({ name, values: pick(values) })),
    };
    const initial = { measure: two.measure };
    const weighted = fitMaximumLikelihood({ ...model, starts: 1, initial, data: { ...rows, weights } });
    sameNumbers(weighted, fitMaximumLikelihood({ ...model, starts: 1, initial, data: expanded }));
    // In an order of their own, so that further responses must follow.
    const order = inputs.map((_, i) => (7 * i) % n);
    const groups = order.map((i) => `${i}`);
    sameNumbers(fitMaximumLikelihood({ ...model, starts: 1, initial, data: { ...rows, groups } }), two);
  });

  test('a common covariance has fewer numbers and a lower maximum', () => {
    const common = fitMaximumLikelihood({ ...model, variances: 'common', data: sampleOf(2) });
    expect(common.degreesOfFreedom).toBe(two.degreesOfFreedom - 3);
    expect(common.logLikelihood).toBeLessThan(two.logLikelihood);
    expect(common.measure.covariances).toHaveLength(1);
    const names = common.estimates
      .filter(({ part }) => part === 'noise')
      .map(({ group, name }) => [group, name]);
    expect(names).toEqual([
      ['noise', 'sigma a'],
      ['noise', 'sigma b'],
      ['noise', 'correlation a b'],
    ]);
    expect(summary(common).title).toContain('a common covariance');
  });

  test('is the same after JSON, with another reference, and from a saved fit again', () => {
    const read = fitFromJSON(JSON.parse(JSON.stringify(fitToJSON(two))));
    expect(read).toMatchObject({ estimates: two.estimates, responseNames: ['a', 'b'] });
    expect(read.measure.covariances).toEqual(two.measure.covariances);
    const other = withReference(two, 1);
    expect(estimateOf(other, 'gate 2', 'x')).toBeCloseTo(-estimateOf(two, 'gate 1', 'x'), 10);
    const { rows, failed } = bootstrap(read, sampleOf(2), { kind: 'parametric', replicates: 3 });
    expect([rows.length, failed]).toEqual([two.estimates.length, 0]);
    rows.forEach(({ value, interval }, i) => {
      if (two.estimates[i]!.name === 'sigma b') expect(interval[0]).toBeGreaterThan(0.3 * value);
    });
  });
});

describe('what follows from a fit', () => {
  test('tables group what is said of each response, and intervals of correlations stay below 1', () => {
    const [table] = summary(two).tables;
    expect(table!.rows.map(({ name }) => name)).toEqual([
      ...['a: (Intercept)', 'a: x', 'b: (Intercept)', 'b: x'],
      ...['sigma a', 'sigma b', 'correlation a b'],
    ]);
    const wide = coefficients(two, { level: 0.9999 }).filter(({ name }) => name.startsWith('correlation'));
    for (const { interval, value } of wide) {
      expect(interval![0]).toBeGreaterThan(-1);
      expect(interval![0]).toBeLessThan(value);
      expect(interval![1]).toBeGreaterThan(value);
      expect(interval![1]).toBeLessThan(1);
    }
  });

  test('predictions are those of many draws, with their covariance', () => {
    const rows = [[0.3], [-1]];
    const { measure } = two;
    const found = predictResponse(measure, rows, { level: 0.8 });
    expect(found.responses).toBe(2);
    expect(expectedResponse(two, rows)).toEqual(found.mean);
    const draws = 4000;
    rows.forEach((row, i) => {
      const { response, moreResponses } = simulate({
        measure,
        inputs: { kind: 'rows', rows: Array.from({ length: draws }, () => row) },
        noise: { kind: 'experts' },
        n: draws,
        seed: i,
      });
      const columns = [response, moreResponses![0]!.values];
      const means = columns.map((values) => values.reduce((sum, value) => sum + value / draws, 0));
      columns.forEach((values, j) => {
        const place = 2 * i + j;
        const spread = found.standardDeviation![place]!;
        expect(Math.abs(means[j]! - found.mean![place]!)).toBeLessThan((4 * spread) / Math.sqrt(draws));
        const inside = values.filter(
          (value) => value > found.interval!.low[place]! && value < found.interval!.high[place]!,
        );
        expect(inside.length / draws).toBeCloseTo(0.8, 1);
        columns.forEach((others, k) => {
          const product = values.reduce(
            (sum, value, r) => sum + ((value - means[j]!) * (others[r]! - means[k]!)) / draws,
            0,
          );
          const scale = spread * found.standardDeviation![2 * i + k]!;
          expect(Math.abs(product - found.covariance![(2 * i + j) * 2 + k]!) / scale).toBeLessThan(0.1);
        });
      });
    });
  });

  test('responsibilities add up to the sizes of the fit, and residuals are normal', () => {
    const data = sampleOf(2);
    const found = responsibilities(two.measure, data);
    two.sizes.forEach((size, e) => {
      expect(found.reduce((sum, value, place) => sum + (place % 2 === e ? value : 0), 0)).toBeCloseTo(
        size,
        6,
      );
    });
    for (const kind of ['quantile', 'pearson'] as const) {
      const left = residuals(two, data, { kind });
      expect(left).toHaveLength(2 * n);
      for (const j of [0, 1]) {
        const own = left.filter((_, place) => place % 2 === j);
        const mean = own.reduce((sum, value) => sum + value / n, 0);
        expect(Math.abs(mean)).toBeLessThan(0.1);
        expect(own.reduce((sum, value) => sum + value ** 2 / n, 0)).toBeCloseTo(1, 0);
      }
    }
  });

  test('one expert or two is asked as of one response', () => {
    const data = sampleOf(2);
    const { experts: _, ...shared } = model;
    expect(selectExperts({ ...shared, starts: 1, data, range: [1, 2] }).best.experts).toBe(2);
    const tested = testExperts({ ...model, starts: 1, data, experts: 1, replicates: 1 });
    expect(tested.statistic).toBeGreaterThan(100);
    expect(tested.replicates[0]).toBeLessThan(40);
  });

  test.each<[string, () => unknown, string]>([
    ['profiles', () => profileIntervals(two, sampleOf(2), 'expert 1: a: x'), 'must have one response'],
    ['effects', () => marginalEffects(two, inputs), 'must be of one response'],
    ['residuals of another number', () => residuals(two, sampleOf(3)), "must have the fit's responses"],
    ['responsibilities of one', () => responsibilities(two.measure, sampleOf(1)), 'as many responses'],
  ])('%s of several responses are refused', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
