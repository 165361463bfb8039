import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { poisson, voronoiLoss } from '../../src/index.ts';

const of = (more: object) => ({
  ...{ gate: softmax(), expert: linear(), inputDim: 1, experts: 1 },
  gateParams: { 'router/kernel': [0], bias: [0] },
  expertParams: { kernel: [1], bias: [2] },
  ...more,
});

test('measures of two families are not compared', () => {
  expect(() => voronoiLoss(of({ family: poisson() }), of({}))).toThrow('both measures must be of one family');
});
