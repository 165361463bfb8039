/** Ridge, lasso and elastic net: against closed forms and optimality conditions, and what a penalised fit refuses. */
import { stream } from '@tfjs-moe/core';
import { constant, linear } from '@tfjs-moe/experts';
import { hierarchical, softmax, topK } from '@tfjs-moe/gates';
import type { FamilyIdentifier } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import {
  bic,
  bootstrap,
  contrasts,
  expectedResponse,
  fitFromJSON,
  fitMaximumLikelihood,
  fitToJSON,
  likelihoodRatioTest,
  type MaximumLikelihoodFit,
  marginalEffects,
  type PenaltyOptions,
  profileIntervals,
  standardErrors,
  summary,
  waldTest,
  withReference,
} from '../../../src/index.ts';

const gate = softmax();
const expert = linear();

interface Drawn {
  readonly inputs: number[][];
  readonly response: number[];
  readonly weights: number[];
}

/** Rows of inputs in units of all sizes, of which the first two count. */
function drawn(
  n: number,
  inputDim: number,
  respond: (z: number, random: ReturnType<typeof stream>) => number,
): Drawn {
  const random = stream(n + inputDim, 'penalty');
  const raw = Array.from({ length: n }, () => Array.from({ length: inputDim }, () => random.normal()));
  return {
    inputs: raw.map((row) => row.map((x, j) => 10 ** ((j % 3) - 1) * (x + 0.5 * row[0]!) + j)),
    response: raw.map(([a, b]) => respond(0.6 * a! - 0.4 * b!, random)),
    weights: raw.map(() => 1 + random.integer(2)),
  };
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Inputs of weighted mean 0 and mean square 1, with the units. */
function standardised({ inputs, weights }: Drawn) {
  const total = sum(weights);
  const means = inputs[0]!.map((_, j) => sum(inputs.map((row, i) => (weights[i]! * row[j]!) / total)));
  const scales = means.map((mean, j) =>
    Math.sqrt(sum(inputs.map((row, i) => (weights[i]! * (row[j]! - mean) ** 2) / total))),
  );
  return { total, scales, z: inputs.map((row) => row.map((x, j) => (x - means[j]!) / scales[j]!)) };
}

const fitOf = (data: Drawn, penalty: PenaltyOptions, family: FamilyIdentifier = 'gaussian', experts = 1) =>
  fitMaximumLikelihood({ gate, expert, experts, family, data, penalty, starts: 3 });

/** Slopes of standardised inputs. */
function slopes({ measure }: MaximumLikelihoodFit, scales: readonly number[], e = 0): number[] {
  return scales.map((scale, j) => scale * measure.expertParams.kernel![e * scales.length + j]!);
}

/** $\frac1W \sum_i w_i z_{ij} (y_i - \mu_i)$, what the slope of a canonical link must balance. */
function pulls(data: Drawn, fit: MaximumLikelihoodFit, times: readonly number[] = data.weights): number[] {
  const { z, total } = standardised(data);
  const mu = expectedResponse(fit, data.inputs);
  return z[0]!.map((_, j) =>
    sum(z.map((row, i) => (times[i]! * row[j]! * (data.response[i]! - mu[i]!)) / total)),
  );
}

const count = (z: number, random: ReturnType<typeof stream>) =>
  Math.floor(Math.exp(0.8 + z) * (0.3 + 1.4 * random.uniform()));

describe('a single expert', () => {
  const numbers = drawn(80, 5, (z, random) => 3 + 2 * z + random.normal());

  test('under ridge is the closed form, with the trace of its hat matrix', () => {
    const lambda = 0.3;
    const fit = fitOf(numbers, { lambda, alpha: 0 });
    expect(fit.converged).toBe(true);
    const { z, scales, total } = standardised(numbers);
    const { weights, response } = numbers;
    const b = slopes(fit, scales);
    const mean = sum(response.map((y, i) => (weights[i]! * y) / total));
    // (Z'WZ / W + lambda I) b = Z'W (y - mean) / W
    b.forEach((own, j) => {
      const left = sum(
        z.map((row, i) => (weights[i]! * row[j]! * sum(row.map((value, k) => value * b[k]!))) / total),
      );
      const right = sum(z.map((row, i) => (weights[i]! * row[j]! * (response[i]! - mean)) / total));
      expect(left + lambda * own).toBeCloseTo(right, 7);
    });
    const df = fitOf(numbers, { lambda: 1e-9, alpha: 0 }).degreesOfFreedom;
    expect(df).toBeCloseTo(1 + 5 + 1, 6);
    expect(fit.degreesOfFreedom).toBeLessThan(df);
    expect(fitOf(numbers, { lambda: 1e9, alpha: 0 }).degreesOfFreedom).toBeCloseTo(2, 6);
  });

  test.each([
    ['gaussian', numbers],
    ['poisson', drawn(90, 5, count)],
    ['binomial', drawn(120, 4, (z, random) => Number(random.uniform() < 1 / (1 + Math.exp(-2 * z))))],
  ] as const)('of the family %s obeys the conditions of the lasso and of the elastic net', (family, data) => {
    const { scales } = standardised(data);
    for (const [alpha, lambda] of [
      [1, family === 'binomial' ? 0.08 : 0.25],
      [0.5, family === 'binomial' ? 0.1 : 0.4],
    ] as const) {
      const fit = fitOf(data, { lambda, alpha }, family);
      expect(fit.converged).toBe(true);
      const b = slopes(fit, scales);
      const unit = fit.measure.dispersions?.[0] ?? 1;
      expect(b.some((own) => own === 0)).toBe(true);
      expect(b.some((own) => own !== 0)).toBe(true);
      pulls(data, fit).forEach((pull, j) => {
        const own = b[j]!;
        const rest = pull - lambda * (1 - alpha) * own;
        if (own === 0) expect(Math.abs(pull)).toBeLessThanOrEqual(lambda * alpha * unit + 1e-7);
        else expect(rest).toBeCloseTo(lambda * alpha * unit * Math.sign(own), 7);
      });
      if (alpha === 1)
        expect(fit.degreesOfFreedom).toBeCloseTo(
          1 + b.filter((own) => own !== 0).length + (family === 'gaussian' ? 1 : 0),
          9,
        );
    }
  });

  test('may have more inputs than rows', () => {
    const wide = drawn(25, 40, (z, random) => 3 + 4 * z + 0.1 * random.normal());
    const fit = fitOf(wide, { lambda: 0.2 });
    expect(fit.converged).toBe(true);
    const { scales } = standardised(wide);
    const b = slopes(fit, scales);
    const [sigma] = fit.measure.dispersions!;
    pulls(wide, fit).forEach((pull, j) => {
      if (b[j] === 0) expect(Math.abs(pull)).toBeLessThanOrEqual(0.2 * sigma! + 1e-7);
      else expect(pull).toBeCloseTo(0.2 * sigma! * Math.sign(b[j]!), 6);
    });
    expect(fitOf(wide, { lambda: 0.5, alpha: 0 }).converged).toBe(true);
  });

  test('does not depend on the units of inputs and response', () => {
    const fit = fitOf(numbers, { lambda: 0.2 });
    const inputs = numbers.inputs.map((row) => row.map((x, j) => (j + 1) * 100 * x - 7));
    const other = fitOf(
      { ...numbers, inputs, response: numbers.response.map((y) => 50 * y) },
      { lambda: 0.2 },
    );
    expect(other.degreesOfFreedom).toBeCloseTo(fit.degreesOfFreedom, 8);
    fit.measure.expertParams.kernel!.forEach((slope, j) => {
      expect((other.measure.expertParams.kernel![j]! * (j + 1) * 100) / 50).toBeCloseTo(slope, 6);
    });
  });
});

describe('two experts', () => {
  const data = drawn(
    150,
    4,
    (z, random) => (random.uniform() < 0.5 ? 4 + 2 * z : -2 - z) + 0.5 * random.normal(),
  );

  /** The penalised likelihood, written down once more, of standardised slopes. */
  function objective(
    { alpha = 1, lambda, gate: ofGate = false }: PenaltyOptions,
    fit: MaximumLikelihoodFit,
    change: (name: 'kernel' | 'router/kernel' | 'bias' | 'sigma', i: number, value: number) => number,
  ): number {
    const { scales, total } = standardised(data);
    const { gateParams, expertParams, dispersions } = fit.measure;
    const of = (list: readonly number[], name: Parameters<typeof change>[0]) =>
      list.map((value, i) => change(name, i, value));
    const [kernel, bias] = [of(expertParams.kernel!, 'kernel'), of(expertParams.bias!, 'bias')];
    const router = of(gateParams['router/kernel']!, 'router/kernel');
    const sigma = of(dispersions!, 'sigma');
    const line = (row: readonly number[], own: readonly number[], e: number) =>
      sum(row.map((x, j) => x * own[4 * e + j]!));
    const logLikelihood = sum(
      data.inputs.map((row, i) => {
        const odds =
          line(row, router, 0) + gateParams.bias![0]! - line(row, router, 1) - gateParams.bias![1]!;
        const p = 1 / (1 + Math.exp(-odds));
        const density = (e: number) => {
          const r = (data.response[i]! - bias[e]! - line(row, kernel, e)) / sigma[e]!;
          return Math.exp(-0.5 * r * r) / (sigma[e]! * Math.sqrt(2 * Math.PI));
        };
        return data.weights[i]! * Math.log(p * density(0) + (1 - p) * density(1));
      }),
    );
    const size = (b: number) => alpha * Math.abs(b) + 0.5 * (1 - alpha) * b * b;
    const experts = sum(
      [0, 1].map((e) => sum(scales.map((s, j) => size((s * kernel[4 * e + j]!) / sigma[e]!)))),
    );
    const gates = ofGate ? sum(scales.map((s, j) => size(s * (router[j]! - router[4 + j]!)))) : 0;
    return logLikelihood - total * lambda * (experts + gates);
  }

  test.each([{ lambda: 0.1, alpha: 0 }, { lambda: 0.1 }, { lambda: 0.05, alpha: 0.5, gate: true }])(
    'are at a maximum of their penalised likelihood: %o',
    (penalty) => {
      const fit = fitOf(data, penalty, 'gaussian', 2);
      expect(fit.converged).toBe(true);
      const here = objective(penalty, fit, (_name, _i, value) => value);
      expect(fit.penalisedLogLikelihood).toBeCloseTo(here, 7);
      expect(objective({ ...penalty, lambda: 0 }, fit, (_name, _i, value) => value)).toBeCloseTo(
        fit.logLikelihood,
        7,
      );
      for (const name of ['kernel', 'router/kernel', 'bias', 'sigma'] as const)
        for (const place of [0, 1])
          for (const step of [1e-3, -1e-3])
            expect(
              objective(penalty, fit, (of, i, value) => (of === name && i === place ? value + step : value)),
            ).toBeLessThan(here + 1e-7);
      fit.history.forEach((value, i) => {
        if (i > 0) expect(value).toBeGreaterThanOrEqual(fit.history[i - 1]! - 1e-9);
      });
    },
  );

  test('have no errors, which would be false, and say so; what rests on them is refused', () => {
    const fit = fitOf(data, { lambda: 0.1 }, 'gaussian', 2);
    expect(standardErrors(fit).every((error) => error === null)).toBe(true);
    expect(summary(fit).text).toContain('lasso, lambda = 0.1');
    expect(summary(fit).text).toContain('no standard errors');
    expect(marginalEffects(fit, data.inputs)[0]!.standardError).toBeNull();
    expect(() => contrasts(fit, 'expert 1: x1')).toThrow('a fit with a penalty has no standard errors');
    expect(() => waldTest(fit, 'expert 1: x1 = 0')).toThrow('a fit with a penalty has no standard errors');
    for (const refused of [
      () => bootstrap(fit, data),
      () => profileIntervals(fit, data, 'expert 1: x1'),
      () => likelihoodRatioTest(fit, fit),
    ])
      expect(refused).toThrow('a fit with a penalty has no');
    const read = fitFromJSON(JSON.parse(JSON.stringify(fitToJSON(fit))));
    expect(read.penalty).toEqual({ lambda: 0.1, alpha: 1, gate: false });
    expect(summary(read).text).toBe(summary(fit).text);
    expect(Number.isFinite(bic(fit))).toBe(true);
    const turned = withReference(fit, 1).estimates.filter(({ part }) => part === 'gate');
    expect([...new Set(turned.map(({ status }) => status))].sort()).toEqual(['penalised', 'reference']);
  });

  test('are refused by name where a penalty makes no sense', () => {
    const of = (more: object) => () =>
      fitMaximumLikelihood({ gate, expert, experts: 2, data, penalty: { lambda: 1 }, ...more });
    expect(of({ penalty: { lambda: -1 } })).toThrow('lambda');
    expect(of({ penalty: { lambda: 1, alpha: 2 } })).toThrow('alpha');
    expect(of({ penalty: { lambda: 1, gamma: 2 } })).toThrow('gamma');
    expect(of({ family: 'laplace' })).toThrow('laplace has kinks');
    expect(of({ gate: topK({ k: 1 }) })).toThrow('the gate must give every expert a weight');
    expect(of({ gate: hierarchical({ groups: 2 }), experts: 4 })).toThrow(
      'penalty is for experts that are linear',
    );
    expect(of({ experts: 3, penalty: { lambda: 1, gate: true } })).toThrow('gate is for two experts');
    expect(of({ structure: { equal: ['x1'] } })).toThrow('coefficients that a structure ties are not shrunk');
    expect(of({ expert: constant() })).not.toThrow();
  });
});
