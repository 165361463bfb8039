import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { calibration, fitMaximumLikelihood, residuals } from '../../src/index.ts';
import { referenceSample } from '../likelihood/reference.ts';

const data = referenceSample('B_d1k3_n1000');
const model = { gate: softmax(), expert: linear(), data, starts: 1 };
const right = fitMaximumLikelihood({ ...model, experts: 3 });
const wrong = fitMaximumLikelihood({ ...model, experts: 1 });

function moments(values: Float64Array): [number, number] {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0)];
}

describe('residuals', () => {
  test('are standard normal where the model is right', () => {
    const [mean, variance] = moments(residuals(right, data));
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(Math.abs(variance - 1)).toBeLessThan(0.1);
    const pit = residuals(right, data, { kind: 'pit' });
    expect(pit.every((u) => u >= 0 && u <= 1)).toBe(true);
    const [half, twelfth] = moments(pit);
    expect(half).toBeCloseTo(0.5, 1);
    expect(twelfth).toBeCloseTo(1 / 12, 2);
  });

  test('of Pearson are those of least squares for one expert', () => {
    const { kernel, bias } = wrong.measure.expertParams;
    const [sigma] = wrong.measure.dispersions!;
    residuals(wrong, data, { kind: 'pearson' }).forEach((value, i) => {
      const expected = (data.response[i]! - bias![0]! - kernel![0]! * data.inputs[i]![0]!) / sigma!;
      expect(value).toBeCloseTo(expected, 10);
    });
    const quantile = residuals(wrong, data);
    residuals(wrong, data, { kind: 'pearson' }).forEach((value, i) => {
      expect(quantile[i]).toBeCloseTo(value, 8);
    });
  });

  test('stay finite far out in both tails', () => {
    const far = { inputs: [[0], [0]], response: [30, -30] };
    const [above, below] = residuals(wrong, far);
    expect(above).toBeGreaterThan(5);
    expect(below).toBeLessThan(-5);
    expect(Number.isFinite(above) && Number.isFinite(below)).toBe(true);
  });
});

describe('calibration', () => {
  test('is even where the model is right and uneven where it is not', () => {
    const [good, bad] = [calibration(right, data), calibration(wrong, data)];
    expect(good.bins.reduce((sum, { observed }) => sum + observed, 0)).toBeCloseTo(1, 12);
    // Kolmogorov's 1 % point.
    expect(good.error).toBeLessThan(1.63 / Math.sqrt(1000));
    expect(bad.error).toBeGreaterThan(1.63 / Math.sqrt(1000));
  });

  test('of classes compares predicted with observed frequencies', () => {
    const file = resolve(import.meta.dirname, '../fixtures/multinomial-experts/fit.json');
    const { inputs, response } = JSON.parse(readFileSync(file, 'utf8'));
    const fit = fitMaximumLikelihood({
      ...model,
      data: { inputs, response },
      experts: 2,
      family: 'multinomial',
      starts: 2,
    });
    const { bins, error } = calibration(fit, { inputs, response }, { bins: 5 });
    expect(bins.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(3 * response.length, 8);
    expect(error).toBeLessThan(0.05);
    for (const { from, to, predicted, weight } of bins) {
      if (weight > 0) expect(predicted >= from && predicted <= to).toBe(true);
    }
    const values = residuals(fit, { inputs, response }, { seed: 2 });
    expect(moments(values)[1]).toBeCloseTo(1, 0);
    expect(residuals(fit, { inputs, response }, { seed: 2 })).toEqual(values);
  });
});
