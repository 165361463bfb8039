/** Rows in groups have one expert. */
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { mixingMeasure } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import { type SimulateOptions, simulate } from '../../src/index.ts';

const measure = mixingMeasure({
  gate: softmax(),
  expert: linear(),
  inputDim: 1,
  experts: 2,
  gateParams: { 'router/kernel': [0, 0], bias: [0.4, 0] },
  expertParams: { kernel: [1, -1], bias: [0, 5] },
  dispersions: [0.1, 0.2],
});
const options: SimulateOptions = {
  measure,
  inputs: { kind: 'uniform' },
  noise: { kind: 'experts' },
  n: 5000,
  seed: 2,
};
const groups = Array.from({ length: 5000 }, (_, i) => `person ${i % 1700}`);

describe('simulate with groups', () => {
  test('draws the expert of the first row for all of a group, wherever they stand', () => {
    const { components } = simulate({ ...options, groups });
    components!.forEach((expert, i) => {
      expect(expert).toBe(components![i % 1700]);
    });
    const share = components!.slice(0, 1700).filter((expert) => expert === 0).length / 1700;
    expect(Math.abs(share - 1 / (1 + Math.exp(-0.4)))).toBeLessThan(0.04);
  });

  test('begins as a shorter simulation, and is that without groups where every row is one', () => {
    const whole = simulate({ ...options, groups });
    const part = simulate({ ...options, n: 2000, groups: groups.slice(0, 2000) });
    expect(whole.response.slice(0, 2000)).toEqual(part.response);
    expect(simulate({ ...options, groups: groups.map((_, i) => i) })).toEqual(simulate(options));
  });

  test('refuses groups of other rows, and groups where no expert is drawn', () => {
    expect(() => simulate({ ...options, groups: ['a'] })).toThrow('groups must have 5000 identifiers');
    expect(() =>
      simulate({ ...options, groups, noise: { kind: 'regression', standardDeviation: 1 } }),
    ).toThrow('have one expert');
  });
});
