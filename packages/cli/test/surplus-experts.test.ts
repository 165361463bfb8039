import { type FitWarning, fitMaximumLikelihood, type MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import { ffn, linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
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

test('a singular information is explained where theory has a counterexample, and nothing else is changed', () => {
  const [few, explained] = textsOf({});
  expect(few).toBe('few');
  expect(explained).toMatch(
    /^no standard errors; of this gate .* not identifiable \(Nguyen.*; counterexample \w+\): try fewer$/,
  );
});

test('it is left as it is of one expert, of classes, and where surplus experts can be told apart', () => {
  const smooth = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
  expect(textsOf({ measure: { ...plain.measure, experts: 1 } })).toEqual(['few', 'no standard errors']);
  expect(textsOf({ family: { kind: 'multinomial' } })).toEqual(['few', 'no standard errors']);
  expect(textsOf({ measure: { ...plain.measure, expert: smooth } })).toEqual(['few', 'no standard errors']);
});
