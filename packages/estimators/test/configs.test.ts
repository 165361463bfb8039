import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { crossValidate, fitLeastSquares, fitMaximumLikelihood, selectExperts } from '../src/index.ts';
import { ridge } from './testing/samples.ts';

test('a gate and an expert are as good as their configs and their kinds', () => {
  const data = ridge();
  const rest = { data, experts: 2, starts: 1 };
  const forms = [
    { gate: softmax(), expert: linear() },
    { gate: { kind: 'softmax', useBias: true }, expert: { kind: 'linear' } },
    { gate: 'softmax', expert: 'linear' },
  ] as const;
  const found = forms.map(({ gate, expert }) => ({
    likelihood: fitMaximumLikelihood({ ...rest, gate, expert }).logLikelihood,
    squares: fitLeastSquares({ ...rest, gate, expert }).residualSumOfSquares,
    selected: selectExperts({ data, starts: 1, gate, expert, range: [1, 2] }).best.bic,
    predicted: crossValidate({ ...rest, gate, expert, folds: 2 }).logLikelihood,
  }));
  expect(found[1]).toEqual(found[0]);
  expect(found[2]).toEqual(found[0]);
});
