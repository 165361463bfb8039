import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { responsibilities } from '@tfjs-moe/measures';
import { expect, test } from 'vitest';
import { aic, bic, fitMaximumLikelihood, icl } from '../../src/index.ts';
import { referenceSample } from '../likelihood/reference.ts';

test('the criteria are those of their papers', () => {
  const fit = { logLikelihood: -10, degreesOfFreedom: 3, totalWeight: 100, entropy: 5 };
  expect(aic(fit)).toBe(26);
  expect(bic(fit)).toBeCloseTo(20 + 3 * Math.log(100), 12);
  expect(icl(fit)).toBeCloseTo(20 + 3 * Math.log(100) + 10, 12);
});

test('ICL is -2 times the likelihood of rows whose experts are known, each by its responsibility', () => {
  const data = referenceSample('B_d1k3_n1000');
  const weights = data.inputs.map((_, i) => (i % 4) / 2);
  const fit = fitMaximumLikelihood({
    gate: softmax(),
    expert: linear(),
    experts: 3,
    starts: 1,
    data: { ...data, weights },
  });
  // log p(y) + sum_e r_e log r_e = sum_e r_e log(w_e f_e(y)), as r_e = w_e f_e(y) / p(y)
  const shares = responsibilities(fit.measure, data);
  const known = shares.reduce(
    (sum, r, place) => (r > 0 ? sum + weights[Math.floor(place / 3)]! * r * Math.log(r) : sum),
    fit.logLikelihood,
  );
  const total = weights.reduce((a, b) => a + b);
  expect(icl(fit)).toBeCloseTo(fit.degreesOfFreedom * Math.log(total) - 2 * known, 6);
  // Experts overlap here, or any factor would do.
  expect(icl(fit) - bic(fit)).toBeGreaterThan(10);
});
