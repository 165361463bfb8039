import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { expertMeans, gateProbabilities } from '@tfjs-moe/measures';
import { expect, test } from 'vitest';
import { fitMaximumLikelihood, residuals } from '../../src/index.ts';
import { referenceSample } from '../likelihood/reference.ts';

test('Pearson residuals of several experts divide by what the means add to the variance, too', () => {
  const data = referenceSample('A_d1k2_n1000');
  const fit = fitMaximumLikelihood({
    gate: softmax(),
    expert: linear(),
    experts: 2,
    starts: 1,
    data,
  });
  const [weights, means] = [
    gateProbabilities(fit.measure, data.inputs),
    expertMeans(fit.measure, data.inputs),
  ];
  const [first, second] = fit.measure.dispersions!;
  residuals(fit, data, { kind: 'pearson' }).forEach((value, i) => {
    const [p, q, a, b] = [weights[2 * i]!, weights[2 * i + 1]!, means[2 * i]!, means[2 * i + 1]!];
    const mean = p * a + q * b;
    const square = p * (first! ** 2 + a * a) + q * (second! ** 2 + b * b);
    expect(value).toBeCloseTo((data.response[i]! - mean) / Math.sqrt(square - mean * mean), 6);
  });
});
