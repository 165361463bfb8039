/** Against scipy.optimize.least_squares; `fixtures/least-squares.py` writes the reference. */
import { readFileSync } from 'node:fs';
import { type Config, getExpert, getGate } from '@tfjs-moe/core';
import { canonical, type MixingMeasure, mixingMeasure } from '@tfjs-moe/measures';
import { fitLeastSquares } from '../../src/index.ts';
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';
import { describe, expect, test } from 'vitest';

interface Case {
  readonly name: string;
  readonly gate: Config | string;
  readonly expert: Config | string;
  readonly experts: number;
  readonly inputs: number[][];
  readonly response: number[];
  readonly weights: number[] | null;
  readonly bounds: { readonly gate: number; readonly expert: number } | null;
  readonly start: Pick<MixingMeasure, 'gateParams' | 'expertParams'>;
  readonly solution: Pick<MixingMeasure, 'gateParams' | 'expertParams'>;
  readonly residualSumOfSquares: number;
  readonly fitted: number[];
}

const cases: Case[] = JSON.parse(
  readFileSync(new URL('../fixtures/least-squares.json', import.meta.url), 'utf8'),
);

describe.each(cases)('$name', (of) => {
  const { gate, expert, experts, inputs, response, weights, bounds } = of;
  const measureAt = (numbers: Case['solution']) =>
    mixingMeasure({
      gate: getGate(gate),
      expert: getExpert(expert),
      inputDim: inputs[0]!.length,
      experts,
      ...numbers,
    });
  const options = {
    gate,
    expert,
    experts,
    data: { inputs, response, ...(weights && { weights }) },
    ...(bounds && { bounds }),
  };

  test('from the same start, ends at the same place', () => {
    const fit = fitLeastSquares({ ...options, initial: measureAt(of.start) });
    expect(fit.converged).toBe(true);
    expect(Math.abs(fit.residualSumOfSquares / of.residualSumOfSquares - 1)).toBeLessThan(1e-8);
    expect(far(fit.fitted, of.fitted)).toBeLessThan(1e-5);
    const expected = canonical(measureAt(of.solution));
    for (const part of ['gateParams', 'expertParams'] as const) {
      for (const [name, numbers] of Object.entries(expected[part])) {
        expect(far(fit.measure[part][name]!, numbers), name).toBeLessThan(1e-4);
      }
    }
    expect(fit.atBounds.length).toBe(of.name.endsWith('bound') ? countAt(1.8, of.solution) : 0);
  });

  test('from starts of its own, ends no higher', () => {
    const fit = fitLeastSquares(options);
    expect(fit.converged).toBe(true);
    expect(fit.residualSumOfSquares).toBeLessThan(of.residualSumOfSquares * (1 + 1e-8));
  });
});

function far(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

function countAt(bound: number, { expertParams }: Case['solution']): number {
  return Object.values(expertParams)
    .flat()
    .filter((value) => Math.abs(Math.abs(value) - bound) < 1e-9).length;
}
