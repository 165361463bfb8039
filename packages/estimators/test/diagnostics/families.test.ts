/** What follows from a fit, for every family. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { responsibilities } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import {
  bootstrap,
  calibration,
  coefficients,
  crossValidate,
  expectedResponse,
  fitMaximumLikelihood,
  residuals,
  type Sample,
  summary,
} from '../../src/index.ts';
import { expertsPlot, observedPlot, residualsPlot } from '../../src/plots/index.ts';
import { type FamilyCase, families, nameOf } from '../likelihood/families.ts';

/** A sample of two experts of a family, told apart by their input. */
function sampleOf({ family, respond, trials, classes = 1 }: FamilyCase): Sample {
  const random = stream(2, 'families', family.kind);
  const inputs = Array.from({ length: 240 }, () => [random.normal()]);
  const isNumber = family.isLocationScale === true;
  return {
    inputs,
    response: inputs.map(([x]) => {
      const z = x! > 0 ? 2 * x! : -1 - x!;
      return isNumber ? z + 0.3 * random.normal() : respond(z, random);
    }),
    ...(trials !== undefined && { trials: inputs.map(() => trials) }),
    ...(classes === 1 && { offset: inputs.map(([x]) => 0.2 * x!) }),
  };
}

describe.each(families.map((each) => [nameOf(each), each] as const))('a fit of the family %s', (_, each) => {
  const data = sampleOf(each);
  const { family, classes = 1 } = each;
  const fit = fitMaximumLikelihood({
    gate: softmax(),
    expert: linear(),
    experts: 2,
    family: family.config,
    data,
    starts: 4,
  });

  test('is plain data, from which everything else follows', () => {
    const again = structuredClone({ ...fit, measure: undefined });
    expect(again.family).toEqual(family.config);
    expect(() => JSON.stringify(again)).not.toThrow();
    expect(coefficients(fit).length).toBeGreaterThan(4);
    const { text } = summary(fit);
    if (family.dispersion !== undefined) expect(text).toContain(family.dispersion.name);
  });

  test('has responsibilities that sum to 1, by the law of the family', () => {
    const r = responsibilities(fit.measure, data, { family: fit.family });
    for (let i = 0; i < 240; i++) expect(r[2 * i]! + r[2 * i + 1]!).toBeCloseTo(1, 12);
    const size = r.reduce((sum, value, place) => sum + (place % 2 === 0 ? value : 0), 0);
    expect(size).toBeCloseTo(fit.sizes[0]!, 6);
  });

  test('has residuals that are those of its law, and a calibration', () => {
    const pit = residuals(fit, data, { kind: 'pit', seed: 3 });
    expect(pit.every((u) => u >= 0 && u <= 1)).toBe(true);
    expect(residuals(fit, data, { seed: 3 }).every((value) => Number.isFinite(value))).toBe(true);
    if (classes === 1) {
      const pearson = residuals(fit, data, { kind: 'pearson' });
      expect(Math.abs(pearson.reduce((sum, value) => sum + value, 0) / 240)).toBeLessThan(0.3);
    }
    expect(calibration(fit, data).error).toBeLessThan(0.2);
  });

  test('expects what it says, which offset and trials have a part in', () => {
    const expected = expectedResponse(fit, data.inputs, {
      offset: data.offset,
      trials: data.trials,
    });
    expect(expected.length).toBe(240 * classes);
    expect(expected.every((value) => Number.isFinite(value))).toBe(true);
    if (data.offset === undefined) return;
    const without = expectedResponse(fit, data.inputs, { trials: data.trials });
    expect(without.some((value, i) => Math.abs(value - expected[i]!) > 1e-6)).toBe(true);
    // Of a canonical link with an intercept everywhere, what is expected has the mean that was observed.
    if (!['gaussian', 'poisson', 'binomial'].includes(family.kind)) return;
    const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, y) => sum + y / 240, 0);
    const scale = Math.max(1, Math.abs(mean(data.response)));
    expect(Math.abs(mean(expected) - mean(data.response)) / scale).toBeLessThan(0.05);
  });

  test('is fitted again: parametric replicates, and folds that were left out', () => {
    const { rows, failed } = bootstrap(fit, data, { kind: 'parametric', replicates: 3 });
    expect(failed).toBeLessThan(3);
    expect(rows.length).toBe(fit.estimates.length);
    const { logLikelihood } = crossValidate({
      gate: softmax(),
      expert: linear(),
      experts: 2,
      family: family.config,
      data,
      starts: 2,
      folds: 2,
      ...(classes > 1 && { classes }),
    });
    expect(Number.isFinite(logLikelihood)).toBe(true);
  });

  test('is drawn', () => {
    expect(expertsPlot(fit, data).marks!.length).toBeGreaterThan(1);
    expect(residualsPlot(fit, data).marks!.length).toBeGreaterThan(1);
    if (classes === 1) expect(observedPlot(fit, data).marks!.length).toBeGreaterThan(1);
  });
});
