import { linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { normalCdf } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';
import { totalVariation } from '../../src/study/total-variation.ts';

const measure: MixingMeasure = {
  gate: softmax(),
  expert: linear(),
  inputDim: 1,
  experts: 2,
  gateParams: { 'router/kernel': [2, 0], bias: [0.5, 0] },
  expertParams: { kernel: [1, -1], bias: [0, 0.5] },
  dispersions: [0.3, 0.5],
};
const rows = [[-1], [0.2], [2]];
const one = (mean: number, deviation: number): MixingMeasure => ({
  ...measure,
  experts: 1,
  gateParams: { 'router/kernel': [0], bias: [0] },
  expertParams: { kernel: [0], bias: [mean] },
  dispersions: [deviation],
});

describe('total variation', () => {
  test('is 0 for equal laws and 1 for laws far apart', () => {
    expect(totalVariation(measure, measure, rows)).toBe(0);
    expect(totalVariation(one(0, 0.1), one(50, 0.1), rows)).toBeCloseTo(1, 6);
  });

  // For two normals of one deviation: 2 Phi(d / 2) - 1.
  test.each([0.1, 1, 3])('of two normals %s deviations apart', (d) => {
    expect(totalVariation(one(0, 0.7), one(0.7 * d, 0.7), rows)).toBeCloseTo(2 * normalCdf(d / 2) - 1, 3);
  });

  test('gives a selected expert probability 1', () => {
    const sparse = { ...measure, gate: topK({ k: 1 }) };
    const first = { ...one(0, 0.3), expertParams: { kernel: [1], bias: [0] } };
    expect(totalVariation(sparse, first, [[3]])).toBeCloseTo(0, 12);
  });
});
