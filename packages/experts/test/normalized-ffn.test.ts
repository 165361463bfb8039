import { arrayInput, arrayOps, mapNames } from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { ffn, normalizedFfn } from '@tfjs-moe/experts';
import { testExpert } from '@tfjs-moe/experts/testing';
import { describe, expect, test } from 'vitest';

testExpert({ describe, test }, normalizedFfn({ hiddenUnits: 3, activation: 'gelu' }));
testExpert(
  { describe, test },
  normalizedFfn({ hiddenUnits: [], outputWeights: false, activation: 'sigmoid' }),
);

describe('normalizedFfn', () => {
  const options = { hiddenUnits: [4], activation: 'tanh' } as const;
  const specs = mapNames(ffn(options).params(3, 2), (spec) => ({ ...spec, copies: 1 }));
  const values = valuesOf(specs, drawnData(specs, 1));
  const rows = drawnRows(6, 3, 2);

  test('is the ffn of the direction', () => {
    const directions = rows.map((row) => row.map((value) => value / Math.hypot(...row)));
    const y = normalizedFfn({ ...options, epsilon: 0 }).apply(arrayOps, arrayInput(rows), values);
    const expected = ffn(options).apply(arrayOps, arrayInput(directions), values);
    y.data.forEach((value, i) => {
      expect(value).toBeCloseTo(expected.data[i]!, 14);
    });
  });

  test('does not see the length', () => {
    const y = (scale: number) =>
      normalizedFfn({ ...options, epsilon: 0 }).apply(
        arrayOps,
        arrayInput(rows.map((row) => row.map((value) => scale * value))),
        values,
      ).data;
    expect(y(1024)).toEqual(y(1));
  });

  test('has a finite slope at zero', () => {
    const slope = (step: number) => {
      const y = (x: number) =>
        normalizedFfn(options).apply(arrayOps, arrayInput([[x, 0, 0]]), values).data[0] ?? 0;
      return (y(step) - y(-step)) / (2 * step);
    };
    expect(Math.abs(slope(1e-9))).toBeLessThan(1e7);
    expect(slope(1e-9) / slope(1e-8)).toBeCloseTo(1, 3);
  });

  test('refuses a negative epsilon', () => {
    expect(() => normalizedFfn({ ...options, epsilon: -1 })).toThrow(
      'epsilon must be a finite number of at least 0',
    );
  });
});
