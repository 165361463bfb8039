import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ffn, linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { fitMaximumLikelihood, standardErrors, withReference } from '../../src/index.ts';

interface Oracle {
  readonly inputs: number[][];
  readonly response: number[];
  readonly loglik: number;
  readonly gate: number[][];
  readonly experts: number[][][];
  readonly se_gate: number[][];
  readonly se_experts: number[][][];
}

const file = resolve(import.meta.dirname, '../fixtures/multinomial-experts/fit.json');
const oracle: Oracle = JSON.parse(readFileSync(file, 'utf8'));
const data = { inputs: oracle.inputs, response: oracle.response };

describe('multinomial experts', () => {
  test('reach the maximum that scipy finds, with its standard errors', () => {
    const found = fitMaximumLikelihood({
      gate: softmax(),
      expert: linear(),
      experts: 2,
      data,
      family: 'multinomial',
      starts: 4,
    });
    expect(found.converged).toBe(true);
    expect(found.logLikelihood - oracle.loglik).toBeGreaterThan(-1e-7);
    expect(found.logLikelihood - oracle.loglik).toBeLessThan(1e-7);
    expect(found.degreesOfFreedom).toBe(15);
    const bias = found.measure.expertParams.bias!;
    const first = Math.abs(bias[0]! - oracle.experts[0]![0]![0]!) < 1e-3 ? 0 : 1;
    const fit = withReference(found, 2 - first);
    const errors = standardErrors(fit);
    const check = (group: string, name: string, value: number, error: number) => {
      const place = fit.estimates.findIndex((each) => each.group === group && each.name === name);
      expect(fit.estimates[place]!.value / value).toBeCloseTo(1, 5);
      expect(errors[place]! / error).toBeCloseTo(1, 4);
    };
    const names = ['(Intercept)', 'x1', 'x2'];
    names.forEach((name, j) => {
      check(`gate ${first + 1}`, name, oracle.gate[0]![j]!, oracle.se_gate[0]![j]!);
      for (const e of [0, 1]) {
        for (const c of [0, 1]) {
          const group = `expert ${(e === 0 ? first : 1 - first) + 1}`;
          check(group, `class ${c}: ${name}`, oracle.experts[e]![c]![j]!, oracle.se_experts[e]![c]![j]!);
        }
      }
    });
  });

  test.each([1, 2])('%i: the units of the inputs do not matter', (experts) => {
    const inputs = oracle.inputs.map(([a, b]) => [4000 + 800 * a!, 200 + 14 * b!]);
    const model = { gate: softmax(), expert: linear(), experts, family: 'multinomial', starts: 4 } as const;
    const plain = fitMaximumLikelihood({ ...model, data });
    const scaled = fitMaximumLikelihood({ ...model, data: { ...data, inputs } });
    expect(scaled.converged).toBe(true);
    expect(scaled.logLikelihood).toBeCloseTo(plain.logLikelihood, 6);
  });

  test('may be neural, and gain by it', () => {
    const some = { inputs: data.inputs.slice(0, 250), response: data.response.slice(0, 250) };
    const model = { gate: softmax(), experts: 1, data: some, family: 'multinomial' } as const;
    const one = fitMaximumLikelihood({ ...model, expert: linear() });
    const expert = ffn({ hiddenUnits: 2, activation: 'tanh' });
    const fit = fitMaximumLikelihood({ ...model, expert, starts: 2, maxIterations: 60 });
    expect(fit.starts.map(({ kind }) => kind)).toEqual(['single expert', 'single expert']);
    expect(fit.logLikelihood).toBeGreaterThan(one.logLikelihood + 5);
  });

  test('say when classes are told apart without error', () => {
    const response = oracle.inputs.map(([x]) => (x! > 0 ? 1 : 0));
    const fit = fitMaximumLikelihood({
      gate: softmax(),
      expert: linear(),
      experts: 1,
      data: { inputs: oracle.inputs, response },
      family: 'multinomial',
    });
    expect(fit.warnings.map(({ reason }) => reason)).toContain('separated classes');
    expect(fit.estimated).toEqual([]);
    expect(fit.estimates.every(({ value }) => Number.isFinite(value))).toBe(true);
  });

  test('refuse what is not a class', () => {
    const fit = (response: number[], classes?: number) => () =>
      fitMaximumLikelihood({
        gate: softmax(),
        expert: linear(),
        experts: 1,
        family: 'multinomial',
        ...(classes !== undefined && { classes }),
        data: { inputs: oracle.inputs.slice(0, response.length), response },
      });
    expect(fit([0, 1, 0.5])).toThrow('row 2');
    expect(fit([0, 0, 0])).toThrow('at least two classes');
    expect(fit([0, 1, 4], 3)).toThrow('classes must be an integer of at least 5');
  });
});
