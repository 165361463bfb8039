import { activations } from '@tfjs-moe/core';
import { type Elementary, elementary } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';
import { absoluteError, reference } from '../reference.ts';

const out = new Float64Array(3);

describe('against 40-digit values', () => {
  test.each(Object.keys(reference.elementary))('%s, first and second derivative to 2e-15', (name) => {
    for (const [at, ...expected] of reference.elementary[name] ?? []) {
      elementary[name as Elementary](at, out);
      expected.forEach((value, order) => {
        const size = Math.max(1, Math.abs(Number(value)));
        const error = absoluteError(out[order]!, value) / size;
        expect(error, `derivative ${order} of ${name} at ${at}`).toBeLessThan(2e-15);
      });
    }
  });
});

describe('every activation', () => {
  test('has an entry', () => {
    expect(Object.keys(elementary)).toEqual(expect.arrayContaining([...activations]));
  });

  test.each(activations)('%s has finite derivatives everywhere', (name) => {
    for (const z of [-1e300, -1e100, -1000, -50, -0, 0, 50, 1000, 1e100, 1e300]) {
      elementary[name](z, out);
      expect([...out].every(Number.isFinite), `${name} at ${z}: ${out}`).toBe(true);
    }
  });

  test.each(activations)('%s does not hide NaN', (name) => {
    elementary[name](Number.NaN, out);
    expect(out[0]).toBeNaN();
  });
});

test('relu is 0 with slope 0 at its kink', () => {
  elementary.relu(0, out);
  expect([...out]).toEqual([0, 0, 0]);
});
