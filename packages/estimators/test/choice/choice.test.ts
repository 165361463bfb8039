import { linear } from '@tfjs-moe/experts';
import { hierarchical, softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import {
  bootstrap,
  bootstrapParts,
  crossValidate,
  fitFromJSON,
  fitMaximumLikelihood,
  fitToJSON,
  selectExperts,
  standardErrors,
} from '../../src/index.ts';
import { referenceSample } from '../likelihood/reference.ts';

const data = referenceSample('B_d1k3_n1000');
const model = { gate: softmax(), expert: linear(), data, starts: 2 };

describe('selectExperts', () => {
  test('finds the number of experts that made the data', () => {
    const seen: number[] = [];
    const found = selectExperts({
      ...model,
      starts: 3,
      range: [1, 4],
      onFit: (experts) => seen.push(experts),
    });
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(found.best.experts).toBe(3);
    for (const { fit, aic, bic, icl, experts } of found.candidates) {
      const df = experts * 3 + (experts - 1) * 2;
      expect(fit.degreesOfFreedom).toBe(df);
      expect(aic).toBeCloseTo(2 * df - 2 * fit.logLikelihood, 10);
      expect(bic).toBeCloseTo(df * Math.log(1000) - 2 * fit.logLikelihood, 10);
      expect(icl).toBeGreaterThanOrEqual(bic);
    }
  });

  test('leaves out numbers that the gate cannot serve', () => {
    const found = selectExperts({ ...model, gate: hierarchical({ groups: 2 }), starts: 1, range: [1, 3] });
    expect(found.candidates.map(({ experts }) => experts)).toEqual([2]);
    expect(() => selectExperts({ ...model, range: [3, 2] })).toThrow(
      'range[1] must be an integer of at least 3',
    );
  });
});

describe('bootstrap', () => {
  const small = { inputs: data.inputs.slice(0, 400), response: Array.from(data.response).slice(0, 400) };
  const fit = fitMaximumLikelihood({ ...model, data: small, experts: 2 });

  test('has the spread that the information promises where the model is right', () => {
    const { inputs, response } = referenceSample('A_d1k2_n1000');
    const right = fitMaximumLikelihood({ ...model, data: { inputs, response }, experts: 2 });
    const errors = standardErrors(right);
    const { rows, failed } = bootstrap(
      right,
      { inputs, response },
      { kind: 'parametric', replicates: 60, seed: 3 },
    );
    expect(failed).toBe(0);
    rows.forEach((row, i) => {
      if (row.part === 'gate') return;
      expect(row.standardError / errors[i]!).toBeGreaterThan(0.7);
      expect(row.standardError / errors[i]!).toBeLessThan(1.4);
      expect(Math.abs(row.bias)).toBeLessThan(errors[i]!);
      expect(row.interval[0]).toBeLessThan(row.interval[1]);
    });
  });

  test('is the same whoever computes which replicates', () => {
    const whole = bootstrap(fit, small, { replicates: 6, seed: 8 });
    const parts = [0, 2, 4].map((first) => bootstrap(fit, small, { replicates: 2, first, seed: 8 }));
    expect(parts.flatMap(({ replicates }) => replicates)).toEqual(whole.replicates);
    expect(() => bootstrap(fit, data)).toThrow("the sample must be the fit's, with 400 rows");
  });

  test('in parts, of a fit and replicates that were saved, is the same to the last bit', () => {
    const options = { kind: 'parametric', seed: 8, level: 0.8 } as const;
    const kept: (number[] | undefined)[] = [];
    for (const index of [4, 2, 0, 1, 3]) {
      const { replicate } = bootstrapParts(fitFromJSON(fitToJSON(fit)), small, options);
      kept[index] = JSON.parse(JSON.stringify(replicate(index) ?? null)) ?? undefined;
    }
    expect(bootstrapParts(fit, small, options).table(kept)).toEqual(
      bootstrap(fit, small, { ...options, replicates: 5 }),
    );
    const { replicate, table } = bootstrapParts(fit, small);
    const one = replicate(0);
    expect(table([one, undefined, one])).toMatchObject({ failed: 1, replicates: { length: 2 } });
    expect(() => table([undefined, undefined])).toThrow('at least two replicates must converge');
    expect(() => table([undefined, one])).toThrow('Received: 1');
    expect(() => replicate(-1)).toThrow('the number of a replicate must be');
    expect(() => bootstrapParts(fit, small, { first: 1 } as never)).toThrow('unknown option');
  });
});

describe('crossValidate', () => {
  test('prefers the right number of experts, and deals every row to one fold', () => {
    const [one, three] = [1, 3].map((experts) => crossValidate({ ...model, starts: 1, experts, folds: 4 }));
    expect(three!.logLikelihood).toBeGreaterThan(one!.logLikelihood + 3 * one!.standardErrors.logLikelihood);
    expect(three!.error).toBeLessThan(one!.error);
    expect(three!.folds.map(({ rows }) => rows)).toEqual([250, 250, 250, 250]);
    const mean = three!.folds.reduce((sum, { logLikelihood }) => sum + logLikelihood / 4, 0);
    expect(three!.logLikelihood).toBeCloseTo(mean, 12);
  });
});
