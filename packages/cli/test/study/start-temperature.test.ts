import { linear } from '@tfjs-moe/experts';
import { mlpRouter, softmax, temperature } from '@tfjs-moe/gates';
import { type MixingMeasure, predict } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import { atStartTemperature } from '../../src/study/start-temperature.ts';

const rows = [[-1], [0.3], [2]];
const measure = (router: 'linear' | 'tanh', tau: number): MixingMeasure => ({
  gate: temperature(router === 'linear' ? {} : { router: mlpRouter({ hiddenUnits: [] }) }),
  expert: linear(),
  inputDim: 1,
  experts: 2,
  gateParams: {
    [router === 'linear' ? 'router/kernel' : 'router/layer_1/kernel']: [2, -1],
    bias: [0.5, 0],
    temperature: [tau],
  },
  expertParams: { kernel: [1, -1], bias: [0, 1] },
});

describe('an estimate at the temperature of its start', () => {
  test('is the same function where no sample shows the temperature', () => {
    const estimate = measure('linear', 1);
    const found = atStartTemperature(estimate, measure('linear', 0.4), rows);
    expect(found.gateParams.temperature).toEqual([0.4]);
    expect(found.gateParams['router/kernel']).toEqual([0.8, -0.4]);
    expect(Array.from(predict(found, rows))).toEqual(
      Array.from(predict(estimate, rows), (value) => expect.closeTo(value, 14)),
    );
  });

  test('is the estimate itself where samples do', () => {
    const estimate = measure('tanh', 1);
    expect(atStartTemperature(estimate, measure('tanh', 0.4), rows)).toBe(estimate);
    const plain = {
      ...measure('linear', 1),
      gate: softmax(),
      gateParams: { 'router/kernel': [1, 0], bias: [0, 0] },
    };
    expect(atStartTemperature(plain, plain, rows)).toBe(plain);
  });
});
