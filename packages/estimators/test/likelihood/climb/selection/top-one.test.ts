import { stream } from '@tfjs-moe/core';
import { simulate } from '@tfjs-moe/datasets';
import { constant, linear } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { type MixingMeasure, predict, responsibilities } from '@tfjs-moe/measures';
import { leastSquares, matrix } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';
import {
  calibration,
  coefficients,
  crossValidate,
  expectedResponse,
  fitMaximumLikelihood,
  type MaximumLikelihoodOptions,
} from '../../../../src/index.ts';

const gate = topK({ k: 1 });

/** Two lines that change over at x = 0.25. */
const truth: MixingMeasure = {
  gate,
  expert: linear(),
  inputDim: 1,
  units: 1,
  experts: 2,
  gateParams: { 'router/kernel': [8, 0], bias: [-2, 0] },
  expertParams: { kernel: [2, -1], bias: [2, -1] },
  dispersions: [0.2, 0.3],
};
const inputs = { kind: 'uniform', min: -1, max: 1 } as const;
const data = simulate({ measure: truth, inputs, noise: { kind: 'experts' }, n: 300, seed: 5 });
const fitted = (options: Partial<MaximumLikelihoodOptions> = {}) =>
  fitMaximumLikelihood({ gate, expert: linear(), experts: 2, data, starts: 3, ...options });
const fit = fitted();

/** The highest likelihood of two lines on either side of a point, by trying every point. */
function bestSplit(rows: { x: number; y: number }[]): { logLikelihood: number; low: number; high: number } {
  const sorted = [...rows].sort((a, b) => a.x - b.x);
  const side = (part: { x: number; y: number }[]) => {
    const n = part.length;
    const a = matrix(n, 2);
    part.forEach(({ x }, i) => {
      a.data[i] = 1;
      a.data[i + n] = x;
    });
    const y = part.map((row) => row.y);
    const [intercept, slope] = leastSquares(a, y, 1e-12).solution as unknown as [number, number];
    const rss = part.reduce((sum, { x, y: value }) => sum + (value - intercept - slope * x) ** 2, 0);
    return -0.5 * n * (Math.log((2 * Math.PI * rss) / n) + 1);
  };
  let best = { logLikelihood: -Infinity, low: 0, high: 0 };
  for (let cut = 5; cut <= sorted.length - 5; cut++) {
    const logLikelihood = side(sorted.slice(0, cut)) + side(sorted.slice(cut));
    if (logLikelihood > best.logLikelihood)
      best = { logLikelihood, low: sorted[cut - 1]!.x, high: sorted[cut]!.x };
  }
  return best;
}

describe('a top-1 gate', () => {
  test('divides the inputs where every other point is worse, next to the truth', () => {
    const best = bestSplit(data.inputs.map(([x], i) => ({ x: x!, y: data.response[i]! })));
    expect(fit.converged).toBe(true);
    expect(fit.logLikelihood).toBeCloseTo(best.logLikelihood, 8);
    const { 'router/kernel': kernel, bias } = fit.measure.gateParams;
    const boundary = -bias![0]! / kernel![0]!;
    expect(boundary).toBeGreaterThan(best.low);
    expect(boundary).toBeLessThan(best.high);
    // The nearest inputs on both sides of the truth enclose both.
    expect(Math.max(...data.inputs.map(([x]) => x!).filter((x) => x < 0.25))).toBeCloseTo(best.low, 12);
    expect(Math.min(...data.inputs.map(([x]) => x!).filter((x) => x > 0.25))).toBeCloseTo(best.high, 12);
  });

  test('recovers the experts, with errors given the division, and none of the gate', () => {
    const rows = coefficients(fit);
    const order = fit.measure.expertParams.kernel![0]! > 0 ? [0, 1] : [1, 0];
    order.forEach((own, e) => {
      const group = rows.filter((row) => row.group === `expert ${own + 1}`);
      const wanted = [truth.expertParams.bias![e]!, truth.expertParams.kernel![e]!, truth.dispersions![e]!];
      group.forEach(({ value, standardError }, j) => {
        expect(Math.abs(value - wanted[j]!)).toBeLessThan(4 * standardError!);
      });
    });
    for (const { part, status, standardError } of rows) {
      if (part !== 'gate') continue;
      expect(standardError).toBeNull();
      expect(['reference', 'not identified']).toContain(status);
    }
    expect(fit.warnings.map(({ reason }) => reason)).toEqual(['selection']);
    // Two lines with their deviations, and one boundary: the scale of the scores is not seen.
    expect(fit.degreesOfFreedom).toBe(7);
  });

  test('never falls, from whatever start', () => {
    for (let seed = 0; seed < 5; seed++) {
      const random = stream(seed, 'labels');
      const { history } = fitted({
        seed,
        initial: { clusters: data.response.map(() => random.integer(2)) },
        starts: 1,
      });
      history.forEach((value, i) => {
        if (i > 0) expect(value).toBeGreaterThan(history[i - 1]! - 1e-9);
      });
    }
  });

  test('says one law everywhere: likelihood, responsibilities, mean, diagnostics', () => {
    const posterior = responsibilities(fit.measure, data);
    const mean = expectedResponse(fit, data.inputs);
    const { kernel, bias } = fit.measure.expertParams;
    let logLikelihood = 0;
    data.inputs.forEach(([x], i) => {
      const e = posterior[2 * i] === 1 ? 0 : 1;
      expect(posterior[2 * i]! + posterior[2 * i + 1]!).toBe(1);
      const line = bias![e]! + kernel![e]! * x!;
      expect(mean[i]).toBeCloseTo(line, 12);
      const sigma = fit.measure.dispersions![e]!;
      logLikelihood +=
        -0.5 * ((data.response[i]! - line) / sigma) ** 2 - Math.log(sigma) - 0.5 * Math.log(2 * Math.PI);
    });
    expect(logLikelihood).toBeCloseTo(fit.logLikelihood, 8);
    // A layer's gate keeps the softmax's weight, and predict is what the layer computes.
    expect(Math.abs(predict(fit.measure, [[0.3]])[0]!)).toBeLessThan(
      Math.abs(expectedResponse(fit, [[0.3]])[0]!),
    );
    expect(calibration(fit, data).error).toBeLessThan(0.1);
    const folds = crossValidate({ gate, expert: linear(), experts: 2, data, starts: 1, folds: 2 });
    expect(folds.logLikelihood).toBeCloseTo(fit.logLikelihood / 300, 0);
  });

  test.each([
    ['switch', switchGate()],
    ['top-1 of sigmoids', topK({ k: 1, weighting: sigmoid() })],
    ['top-1 that is scaled', topK({ k: 1, weightScale: 2.5 })],
    ['top-1 over a learned temperature', topK({ k: 1, weighting: temperature() })],
    ['top-1 over a fixed temperature', topK({ k: 1, weighting: temperature({ learned: false }) })],
  ])('%s is the same model', (_, other) => {
    const same = fitted({ gate: other });
    expect(same.logLikelihood).toBeCloseTo(fit.logLikelihood, 8);
    expect(same.degreesOfFreedom).toBe(fit.degreesOfFreedom);
  });

  test('that selects without the bias has its boundary at the origin', () => {
    const through = fitted({ gate: topK({ k: 1, biasInSelection: false }) });
    const rows = data.inputs.map(([x], i) => ({ x: x!, y: data.response[i]! }));
    const parts = [rows.filter(({ x }) => x < 0), rows.filter(({ x }) => x >= 0)];
    const single = parts.map((part) =>
      fitMaximumLikelihood({
        gate: softmax(),
        expert: linear(),
        experts: 1,
        data: { inputs: part.map(({ x }) => [x]), response: part.map(({ y }) => y) },
      }),
    );
    expect(through.logLikelihood).toBeCloseTo(single[0]!.logLikelihood + single[1]!.logLikelihood, 8);
    expect(through.degreesOfFreedom).toBe(6);
  });

  test('with three experts in the plane finds the planted regions', () => {
    const planted: MixingMeasure = {
      gate,
      expert: constant(),
      inputDim: 2,
      units: 1,
      experts: 3,
      gateParams: { 'router/kernel': [3, 0, -1, 3, 0, 0], bias: [0, 0.5, 0] },
      expertParams: { value: [0, 2, 4] },
      dispersions: [0.3, 0.3, 0.3],
    };
    const plane = simulate({ measure: planted, inputs, noise: { kind: 'experts' }, n: 300, seed: 2 });
    const common = { gate, expert: constant(), experts: 3, data: plane } as const;
    const from = fitMaximumLikelihood({ ...common, initial: { measure: planted } });
    const found = fitMaximumLikelihood({ ...common, starts: 3 });
    expect(found.converged).toBe(true);
    expect(found.logLikelihood).toBeGreaterThan(from.logLikelihood - 1e-6);
    const posterior = responsibilities(found.measure, plane);
    const means = found.measure.expertParams.value!;
    const right = plane.components!.filter((e, i) => {
      const own = [0, 1, 2].find((j) => posterior[3 * i + j] === 1)!;
      return Math.abs(means[own]! - 2 * e) < 0.5;
    });
    expect(right.length).toBeGreaterThan(290);
  });

  test('inside groups is fitted as the search that is possible there says, and does not hang', () => {
    const grouped = fitted({
      gate: hierarchical({ groups: 2, inner: topK({ k: 1 }) }),
      experts: 4,
      starts: 2,
    });
    expect(Number.isFinite(grouped.logLikelihood)).toBe(true);
    if (!grouped.converged) expect(grouped.warnings.length).toBeGreaterThan(0);
  });

  test('of one class each', () => {
    const classes = {
      inputs: data.inputs,
      response: data.inputs.map(([x], i) => Number(data.response[i]! > (x! > 0.25 ? 2.2 : -1.2))),
    };
    const model = {
      expert: linear(),
      experts: 2,
      family: 'multinomial',
      data: classes,
      starts: 2,
    } as const;
    const hard = fitMaximumLikelihood({ ...model, gate });
    const one = fitMaximumLikelihood({ ...model, gate: softmax(), experts: 1 });
    expect(hard.logLikelihood).toBeGreaterThan(one.logLikelihood);
    expect(hard.warnings.map(({ reason }) => reason)).toContain('selection');
  });
});
