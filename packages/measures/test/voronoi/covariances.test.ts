/** Losses and distances see the covariances of several responses, as they see the variance of one. */
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { gaussian, type MixingMeasure, voronoiLoss, wassersteinDistance } from '../../src/index.ts';

const truth: MixingMeasure = {
  gate: softmax(),
  expert: linear(),
  inputDim: 1,
  units: 2,
  experts: 2,
  gateParams: { 'router/kernel': [1, 0], bias: [0.4, 0] },
  expertParams: { kernel: [1, 2, -3, -4], bias: [0, 1, 5, 6] },
  family: gaussian(),
  covariances: [
    [1, 0.5, 2],
    [3, -1, 1],
  ],
};
const fitted = {
  ...truth,
  covariances: [
    [1.2, 0.1, 2.3],
    [3, -1, 1],
  ],
};
// The norm of the whole matrix of differences, by hand.
const frobenius = Math.sqrt(0.2 ** 2 + 2 * 0.4 ** 2 + 0.3 ** 2);

describe('covariances of several responses', () => {
  test.each(['topKD1', 'topKD2'] as const)('count in %s by the norm of their difference', (loss) => {
    expect(voronoiLoss(truth, truth, { loss }).value).toBe(0);
    const { value } = voronoiLoss(fitted, truth, { loss, gauge: 'fixed', masses: 'equalTotal' });
    expect(value).toBeCloseTo(Math.exp(0.4) * frobenius, 10);
  });

  test('move mass apart', () => {
    const { value } = wassersteinDistance(fitted, truth, { order: 2 });
    expect(value).toBeCloseTo(Math.sqrt((Math.exp(0.4) / (1 + Math.exp(0.4))) * frobenius ** 2), 10);
  });

  test('are compared with covariances of as many responses', () => {
    const { covariances: _none, ...plain } = truth;
    expect(() => voronoiLoss({ ...plain, dispersions: [1] }, truth, { loss: 'topKD1' })).toThrow(
      'as many responses',
    );
    expect(() => voronoiLoss(plain, truth, { loss: 'topKD1' })).toThrow('or neither');
  });
});
