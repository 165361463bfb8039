import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { hierarchical, softmax, temperature, topK } from '@tfjs-moe/gates';
import { canonical } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import { fitMaximumLikelihood, type Sample, standardErrors } from '../../src/index.ts';

const random = stream(2);
const inputs = Array.from({ length: 400 }, () => [random.normal(), 3 * random.uniform()]);
const response = inputs.map(([a, b]) =>
  a! + random.normal() > 0
    ? 1 + 2 * a! + b! + 0.3 * random.normal()
    : -1 - a! + 0.2 * b! + 0.2 * random.normal(),
);
const data: Sample = { inputs, response };
const model = { gate: softmax(), expert: linear(), experts: 2, starts: 2 };
const fit = fitMaximumLikelihood({ ...model, data });

describe('a maximum-likelihood fit', () => {
  test('does not depend on the order of the experts, of the rows, or on the start', () => {
    const clusters = fit.measure.expertParams.bias!.map((_, e) => e);
    const nearest = inputs.map(([a, b], i) => {
      const { kernel, bias } = fit.measure.expertParams;
      const misses = clusters.map((e) =>
        Math.abs(response[i]! - bias![e]! - kernel![2 * e]! * a! - kernel![2 * e + 1]! * b!),
      );
      return misses.indexOf(Math.min(...misses));
    });
    for (const labels of [nearest, nearest.map((label) => 1 - label)]) {
      const other = fitMaximumLikelihood({ ...model, data, starts: 1, initial: { clusters: labels } });
      expect(other.logLikelihood).toBeCloseTo(fit.logLikelihood, 9);
      other.estimates.forEach(({ value }, i) => {
        expect(value).toBeCloseTo(fit.estimates[i]!.value, 6);
      });
    }
    const order = stream(9).permutation(400);
    const shuffled = fitMaximumLikelihood({
      ...model,
      data: {
        inputs: Array.from(order, (i) => inputs[i]!),
        response: Array.from(order, (i) => response[i]!),
      },
    });
    expect(shuffled.logLikelihood).toBeCloseTo(fit.logLikelihood, 9);
  });

  test('shifts by n log scale under an affine change of the response, and not at all under one of the inputs', () => {
    const moved = inputs.map(([a, b]) => [1e6 + 1000 * a!, 1e-3 * (a! - 2 * b!)]);
    const other = fitMaximumLikelihood({
      ...model,
      data: { inputs: moved, response: response.map((y) => 50 - 0.01 * y) },
    });
    expect(other.logLikelihood).toBeCloseTo(fit.logLikelihood - 400 * Math.log(0.01), 6);
    expect(other.measure.dispersions!.map((sigma) => sigma / 0.01)).toEqual(
      expect.arrayContaining(fit.measure.dispersions!.map((sigma) => expect.closeTo(sigma, 6))),
    );
  });

  test('counts a row of weight w as w rows', () => {
    const weights = inputs.map((_, i) => i % 3);
    const repeated = inputs.flatMap((row, i) =>
      Array.from({ length: i % 3 }, () => ({ row, y: response[i]! })),
    );
    const [weighted, copied] = [
      fitMaximumLikelihood({ ...model, data: { ...data, weights } }),
      fitMaximumLikelihood({
        ...model,
        data: { inputs: repeated.map(({ row }) => row), response: repeated.map(({ y }) => y) },
      }),
    ];
    expect(weighted.logLikelihood).toBeCloseTo(copied.logLikelihood, 8);
    expect(weighted.totalWeight).toBe(copied.n);
    weighted.covariances.observed.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(value).toBeCloseTo(copied.covariances.observed[i]![j]!, 7);
        expect(weighted.covariances.sandwich[i]![j]).toBeCloseTo(copied.covariances.sandwich[i]![j]!, 7);
      });
    });
  });

  test('is in canonical form, and the same from its own parameters', () => {
    expect(canonical(fit.measure)).toEqual(fit.measure);
    const again = fitMaximumLikelihood({ ...model, data, starts: 1, initial: { measure: fit.measure } });
    expect(again.iterations.em + again.iterations.newton).toBeLessThan(5);
    expect(again.logLikelihood).toBeCloseTo(fit.logLikelihood, 10);
  });

  test('has the likelihood of softmax under every gate that contains it', () => {
    const common = { expert: linear(), data, starts: 2 };
    const cold = fitMaximumLikelihood({
      ...common,
      experts: 2,
      gate: temperature({ learned: false, temperature: 0.5 }),
    });
    expect(cold.logLikelihood).toBeCloseTo(fit.logLikelihood, 8);
    const both = fitMaximumLikelihood({ ...common, experts: 2, gate: topK({ k: 2 }) });
    expect(both.logLikelihood).toBeCloseTo(fit.logLikelihood, 8);
    const grouped = fitMaximumLikelihood({ ...common, experts: 2, gate: hierarchical({ groups: 2 }) });
    expect(grouped.logLikelihood).toBeCloseTo(fit.logLikelihood, 8);
  });

  test('finds planted parameters, within a few standard errors', () => {
    const falling = fit.measure.expertParams.kernel![0]! < 0 ? 1 : 2;
    const planted = [
      [falling, 'x1', -1],
      [falling, '(Intercept)', -1],
      [falling, 'sigma', 0.2],
      [3 - falling, 'x1', 2],
      [3 - falling, 'x2', 1],
      [3 - falling, 'sigma', 0.3],
    ] as const;
    const errors = standardErrors(fit);
    for (const [expert, name, value] of planted) {
      const place = fit.estimates.findIndex(
        (each) => each.group === `expert ${expert}` && each.name === name,
      );
      expect(Math.abs(fit.estimates[place]!.value - value)).toBeLessThan(4 * errors[place]!);
    }
  });
});
