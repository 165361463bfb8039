import { linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { gamma, poisson, studentT, voronoiLoss } from '../../src/index.ts';

const of = (more: object) => ({
  ...{ gate: softmax(), expert: linear(), inputDim: 1, experts: 1 },
  gateParams: { 'router/kernel': [0], bias: [0] },
  expertParams: { kernel: [1], bias: [2] },
  ...more,
});

test('measures of two families are not compared', () => {
  expect(() => voronoiLoss(of({ family: poisson() }), of({}))).toThrow('both measures must be of one family');
});

test('deviations and scales are squared, shapes are not', () => {
  const lossOf = (more: object) => {
    const at = (dispersion: number) =>
      of({
        ...{ gate: topK({ k: 1 }), experts: 2, dispersions: [dispersion, dispersion], ...more },
        gateParams: { 'router/kernel': [0, 0], bias: [0, 0] },
        expertParams: { kernel: [1, -1], bias: [2, -2] },
      });
    return voronoiLoss(at(3), at(2), { gauge: 'fixed' }).value;
  };
  const squared = lossOf({});
  expect(lossOf({ family: studentT() })).toBe(squared);
  expect(squared / lossOf({ family: gamma() })).toBeCloseTo((9 - 4) / (3 - 2), 12);
});
