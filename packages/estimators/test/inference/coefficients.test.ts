import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { euclideanRouter, hierarchical, mlpRouter, softmax, temperature } from '@tfjs-moe/gates';
import { gateProbabilities } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import {
  coefficients,
  fitMaximumLikelihood,
  standardErrors,
  summary,
  vcov,
  withReference,
} from '../../src/index.ts';
import { referenceSample } from '../likelihood/reference.ts';

const random = stream(4);
const inputs = Array.from({ length: 60 }, () => [2 + random.normal()]);
const response = inputs.map(([x]) => 1 + 3 * x! + (0.2 + Math.abs(x!)) * random.normal());
const one = fitMaximumLikelihood({
  gate: softmax(),
  expert: linear(),
  experts: 1,
  data: { inputs, response },
});

describe('standard errors', () => {
  test('of one expert are those of least squares, and the sandwich is the one of White', () => {
    const n = inputs.length;
    const [sx, sxx] = [0, 1].map((p) => inputs.reduce((sum, [x]) => sum + x! ** (p + 1), 0)) as [
      number,
      number,
    ];
    const determinant = n * sxx - sx * sx;
    const inverse = [
      [n / determinant, -sx / determinant],
      [-sx / determinant, sxx / determinant],
    ];
    const [slope, intercept] = [one.measure.expertParams.kernel![0]!, one.measure.expertParams.bias![0]!];
    const misses = inputs.map(([x], i) => response[i]! - intercept - slope * x!);
    const variance = misses.reduce((sum, miss) => sum + miss * miss, 0) / n;
    expect(one.measure.dispersions![0]).toBeCloseTo(Math.sqrt(variance), 10);
    const { names, matrix } = vcov(one);
    expect(names).toEqual(['expert 1: x1', 'expert 1: (Intercept)', 'expert 1: sigma']);
    for (const i of [0, 1])
      for (const j of [0, 1]) expect(matrix[i]![j]).toBeCloseTo(variance * inverse[i]![j]!, 10);
    expect(matrix[2]![2]).toBeCloseTo(variance / (2 * n), 10);

    const middle = [0, 0, 0].map((_, p) =>
      inputs.reduce((sum, [x], i) => sum + misses[i]! ** 2 * x! ** p, 0),
    );
    const meat = [
      [middle[2]!, middle[1]!],
      [middle[1]!, middle[0]!],
    ];
    const sandwich = vcov(one, 'sandwich').matrix;
    for (const i of [0, 1]) {
      for (const j of [0, 1]) {
        let expected = 0;
        for (const u of [0, 1])
          for (const v of [0, 1]) expected += inverse[i]![u]! * meat[u]![v]! * inverse[v]![j]!;
        expect(sandwich[i]![j]).toBeCloseTo(expected, 10);
      }
    }
  });

  test('become z values, p values and intervals', () => {
    const rows = coefficients(one, { level: 0.9 });
    const errors = standardErrors(one);
    rows.forEach((row, i) => {
      expect(row.standardError).toBe(errors[i]);
      if (row.part !== 'expert') return;
      const z = row.value / errors[i]!;
      expect(row.zValue).toBeCloseTo(z, 12);
      expect(row.interval![0]).toBeCloseTo(row.value - 1.6448536269514722 * errors[i]!, 10);
      expect(row.interval![1]).toBeCloseTo(row.value + 1.6448536269514722 * errors[i]!, 10);
    });
    const sigma = rows.find(({ name }) => name === 'sigma')!;
    expect(sigma.zValue).toBeNull();
    expect(sigma.interval![0] * sigma.interval![1]).toBeCloseTo(sigma.value ** 2, 10);
    const weak = coefficients({
      ...one,
      estimates: one.estimates.map((each) => ({ ...each, value: 1.959963984540054 * (errors[2] ?? 1) })),
    });
    expect(weak[2]!.pValue).toBeCloseTo(0.05, 9);
  });
});

describe('withReference', () => {
  const data = referenceSample('B_d1k3_n1000');
  const fit = fitMaximumLikelihood({ gate: softmax(), expert: linear(), experts: 3, data, starts: 1 });

  test('says the same of the function, and comes back', () => {
    const other = withReference(fit, 1);
    expect(other.measure.gateParams.bias![0]).toBe(0);
    expect(other.estimates.filter(({ status }) => status === 'reference').map(({ group }) => group)).toEqual([
      'gate 1',
      'gate 1',
    ]);
    const again = withReference(other, 3);
    const [before, after] = [standardErrors(fit), standardErrors(again)];
    fit.estimates.forEach(({ value }, i) => {
      expect(again.estimates[i]!.value).toBeCloseTo(value, 12);
      if (before[i] === null) expect(after[i]).toBeNull();
      else expect(after[i]! / before[i]!).toBeCloseTo(1, 10);
    });
    const opposite = (from: typeof fit, group: string) =>
      coefficients(from).find((row) => row.group === group && row.name === 'x1')!;
    expect(opposite(other, 'gate 3').value).toBeCloseTo(-opposite(fit, 'gate 1').value, 12);
    expect(opposite(other, 'gate 3').standardError! / opposite(fit, 'gate 1').standardError!).toBeCloseTo(
      1,
      10,
    );
  });

  test.each([
    ['router of hidden layers', softmax({ router: mlpRouter({ hiddenUnits: [2], activation: 'tanh' }) })],
    ['Euclidean router', softmax({ router: euclideanRouter() })],
    ['learned temperature', temperature()],
  ])('moves only what the softmax of a %s does not see', (_name, gate) => {
    const fitted = fitMaximumLikelihood({
      gate,
      expert: linear(),
      experts: 3,
      data,
      starts: 1,
      maxIterations: 30,
    });
    const other = withReference(fitted, 1);
    const rows = [[-2], [0.3], [1.7]];
    const [before, after] = [fitted, other].map(({ measure }) => gateProbabilities(measure, rows));
    after!.forEach((weight, i) => {
      expect(weight).toBeCloseTo(before![i]!, 10);
    });
    const { gateParams } = other.measure;
    const ofGate = other.estimates.filter(({ part }) => part === 'gate');
    for (const parameter of Object.keys(gateParams)) {
      expect(ofGate.filter((each) => each.parameter === parameter).map(({ value }) => value)).toEqual(
        gateParams[parameter],
      );
    }
  });

  test('gives no standard error to a difference to what is not identified', () => {
    const unknown = fit.estimates.map((each) =>
      each.group === 'gate 2' ? { ...each, status: 'not identified' as const } : each,
    );
    const estimated = fit.estimated.filter((i) => unknown[i]!.status === 'estimated');
    const kept = estimated.map((i) => fit.estimated.indexOf(i));
    const observed = kept.map((i) => kept.map((j) => fit.covariances.observed[i]![j]!));
    const part = { ...fit, estimates: unknown, estimated, covariances: { observed, sandwich: observed } };
    const rows = coefficients(withReference(part, 2)).filter(({ group }) => /^gate [13]$/.test(group));
    expect(rows.map(({ status, standardError }) => [status, standardError])).toEqual(
      Array.from({ length: 4 }, () => ['not identified', null]),
    );
  });

  test('refuses gates without one reference', () => {
    expect(() => withReference(fit, 4)).toThrow('reference must be an integer between 1 and 3');
    const grouped = { ...fit, measure: { ...fit.measure, experts: 4, gate: hierarchical({ groups: 2 }) } };
    expect(() => withReference(grouped, 1)).toThrow('must be one softmax');
  });
});

describe('summary', () => {
  test('has a table per expert and gate, intercepts first, as R prints them', () => {
    const data = referenceSample('A_d1k2_n1000');
    const found = summary(
      fitMaximumLikelihood({ gate: softmax(), expert: linear(), experts: 2, data, starts: 1 }),
    );
    expect(found.tables.map(({ title, rows }) => [title, rows.map(({ name }) => name)])).toEqual([
      ['expert 1', ['(Intercept)', 'x1', 'sigma']],
      ['expert 2', ['(Intercept)', 'x1', 'sigma']],
      ['gate 1', ['(Intercept)', 'x1']],
      ['gate 2', ['(Intercept)', 'x1']],
    ]);
    expect(found.text).toContain('Estimate  Std. Error  z value   Pr(>|z|)');
    expect(found.text).toContain("Signif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1");
    expect(found.text).toContain("'log Lik.' -419.3768 (df=8)");
    expect(found.aic).toBeCloseTo(2 * 419.37684019207825 + 16, 8);
    expect(found.bic).toBeCloseTo(2 * 419.37684019207825 + 8 * Math.log(1000), 8);
    expect(found.icl).toBeGreaterThan(found.bic);
    expect(found.experts.reduce((sum, { rows }) => sum + rows, 0)).toBe(1000);
  });

  test('shows intervals at the level that is asked for, and none without', () => {
    const data = referenceSample('A_d1k2_n1000');
    const fit = fitMaximumLikelihood({ gate: softmax(), expert: linear(), experts: 2, data, starts: 1 });
    expect(summary(fit)).toMatchObject({ level: 0.95, text: expect.not.stringContaining('%') });
    const { text, tables, level } = summary(fit, { level: 0.999 });
    expect(level).toBe(0.999);
    expect(text).toMatch(/Pr\(>\|z\|\) +0\.05 % +99\.95 %\n/);
    const [, { name, interval } = { name: '', interval: null }] = tables[0]!.rows;
    const shown = text.split('\n').find((line) => line.startsWith(name))!;
    expect(shown.trim().split(/\s+/).slice(-2).map(Number)).toEqual(
      interval!.map((end) => Number(end.toPrecision(7))),
    );
  });

  test('writes large estimates with the digits that they have before the point', () => {
    const large = response.map((y) => 5e6 + 1e3 * y);
    const data = { inputs, response: large };
    const { text, tables } = summary(
      fitMaximumLikelihood({ gate: softmax(), expert: linear(), experts: 1, data }),
    );
    const [{ value } = { value: 0 }] = tables[0]!.rows;
    expect(Math.abs(value - 5e6)).toBeLessThan(1e4);
    expect(text).toMatch(new RegExp(`\\(Intercept\\) +${Math.round(value)} `));
  });
});
