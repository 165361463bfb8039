import { type FitWarning, fitMaximumLikelihood, type MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import { ffn, linear } from '@tfjs-moe/experts';
import { softmax, temperature } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { withSurplusExperts } from '../src/fit/surplus-experts.ts';

const inputs = Array.from({ length: 40 }, (_, i) => [Math.sin(i)]);
const response = inputs.map(([x = 0], i) => x + 0.1 * Math.cos(3 * i));
const plain = fitMaximumLikelihood({
  gate: softmax(),
  expert: linear(),
  experts: 2,
  starts: 1,
  maxIterations: 5,
  data: { inputs, response },
});
const singular: FitWarning = { reason: 'singular information', text: 'no standard errors' };
const other: FitWarning = { reason: 'few rows', text: 'few' };

/** What is warned of where the information is singular and there are few rows. */
function textsOf(changed: Partial<MaximumLikelihoodFit>): string[] {
  return withSurplusExperts({ ...plain, warnings: [other, singular], ...changed }).warnings.map(
    ({ text }) => text,
  );
}
const smooth = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
const toldApart =
  /^no standard errors; experts of this density are told apart .* at n\^\(-1\/4\): try fewer$/;

test('a singular information is explained by the density that was fitted, and nothing else is changed', () => {
  const [few, explained] = textsOf({});
  expect(few).toBe('few');
  expect(explained).toMatch(
    /^no standard errors; surplus experts of this density are estimated more slowly than n\^\(-1\/4\), at n\^\(-1\/8\) \(Nguyen.*2305.03288, loss D2\), for .* = 2 d_expert\/variance\[0\] psi1: try fewer$/,
  );
});

test('the question is that of the law, the variances and the experts: two lines are told apart by each of these', () => {
  expect(textsOf({ variances: 'common' })[1]).toMatch(toldApart);
  expect(textsOf({ family: { kind: 'poisson' } })[1]).toMatch(toldApart);
  expect(textsOf({ measure: { ...plain.measure, expert: smooth } })[1]).toMatch(toldApart);
  expect(textsOf({ family: { kind: 'multinomial' }, measure: { ...plain.measure, units: 2 } })[1]).toMatch(
    toldApart,
  );
  expect(textsOf({ measure: { ...plain.measure, gate: temperature() } })[1]).toMatch(
    /in this density parameters change together without a trace: d_gate\/temperature/,
  );
});

test('it is left as it is of one expert, of many, of a zero expert, and where the information is not singular', () => {
  expect(textsOf({ measure: { ...plain.measure, experts: 1 } })).toEqual(['few', 'no standard errors']);
  expect(textsOf({ measure: { ...plain.measure, experts: 5 } })).toEqual(['few', 'no standard errors']);
  expect(textsOf({ zeroExpert: true })).toEqual(['few', 'no standard errors']);
  expect(textsOf({ warnings: [other] })).toEqual(['few']);
});
