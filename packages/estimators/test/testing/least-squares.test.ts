import type { Expert, Gate } from '@tfjs-moe/core';
import { constant, ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, temperature } from '@tfjs-moe/gates';
import { predict } from '@tfjs-moe/measures';
import { describe, test } from 'vitest';
import { fitLeastSquares, type LeastSquaresFit, type LeastSquaresOptions } from '../../src/index.ts';
import { type EstimatorUnderTest, testEstimator } from '../../src/testing/index.ts';
import { mixed, ridge, slope } from './samples.ts';

type Under = EstimatorUnderTest<LeastSquaresFit>;

function estimator(
  name: string,
  gate: Gate,
  expert: Expert,
  { starts = 6, ...options }: Partial<LeastSquaresOptions> = {},
  rest: Partial<Under> = {},
): Under {
  return {
    name: `least squares, ${name}`,
    fit: (data, { experts, seed, initial }) =>
      fitLeastSquares({
        gate,
        expert,
        data,
        seed,
        experts,
        ...options,
        ...(initial === undefined ? { starts } : { initial }),
      }),
    // Of the variance, not of the sum: rows that stand twice change nothing.
    objective: ({ sigma2 }) => -Math.log(sigma2),
    objectiveAt: (measure, { inputs, response }) => {
      const squares = predict(measure, inputs).map((mean, i) => (response[i]! - mean) ** 2);
      return -Math.log(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    },
    history: ({ history }) => history.map((sum) => -Math.log(sum)),
    sample: mixed(),
    gainOfScale: (scale) => -2 * Math.log(scale),
    ...rest,
  };
}

for (const under of [
  estimator('softmax, linear', softmax(), linear()),
  estimator('softmax, constant', softmax(), constant()),
  estimator('temperature, linear', temperature(), linear(), { starts: 2 }),
  estimator(
    'sigmoid, one plane',
    sigmoid(),
    linear(),
    {},
    {
      sample: slope(),
      experts: [1, 2],
      exceptions: { 'follows the units of the response': 'where its weight falls to 0, so does the mean' },
    },
  ),
  estimator('hierarchical, linear', hierarchical({ groups: 2 }), linear(), {}, { experts: [2, 4] }),
  estimator(
    'softmax, one ridge',
    softmax(),
    ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false }),
    {},
    {
      sample: ridge(),
      experts: [1, 2],
      exceptions: { 'follows the units of the response': 'tanh stays between -1 and 1' },
    },
  ),
]) {
  testEstimator({ describe, test }, under);
}
