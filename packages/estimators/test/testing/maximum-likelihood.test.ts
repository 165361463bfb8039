import type { Expert, Gate } from '@tfjs-moe/core';
import { constant, ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, softmax, temperature, topK } from '@tfjs-moe/gates';
import { expertMeans, gateProbabilities, type MixingMeasure } from '@tfjs-moe/measures';
import { describe, test } from 'vitest';
import {
  expectedResponse,
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
  type MaximumLikelihoodOptions,
  type Sample,
} from '../../src/index.ts';
import { type EstimatorUnderTest, testEstimator } from '../../src/testing/index.ts';
import { heaps, ridge } from './samples.ts';

type Under = EstimatorUnderTest<MaximumLikelihoodFit>;

function estimator(
  name: string,
  gate: Gate,
  expert: Expert,
  { starts = 4, ...options }: Partial<MaximumLikelihoodOptions> = {},
  rest: Partial<Under> = {},
): Under {
  return {
    name: `maximum likelihood, ${name}`,
    fit: (data, { experts, seed, initial }) =>
      fitMaximumLikelihood({
        gate,
        expert,
        data,
        seed,
        experts,
        ...options,
        ...(initial === undefined ? { starts } : { initial: { measure: initial } }),
      }),
    objective: ({ logLikelihood }) => logLikelihood,
    objectiveAt: logLikelihood,
    history: ({ history }) => history,
    expected: expectedResponse,
    gainOfScale: (scale, totalWeight) => -totalWeight * Math.log(scale),
    response: options.family === 'multinomial' ? 'class' : 'number',
    ...rest,
  };
}

/** $\sum_i \log \sum_e g_e(x_i) f_e(y_i)$ as it is written. */
function logLikelihood(measure: MixingMeasure, { inputs, response }: Sample): number {
  const { experts, units = 1, dispersions: deviations = [] } = measure;
  const [weights, outputs] = [gateProbabilities(measure, inputs), expertMeans(measure, inputs)];
  const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
  const density = (y: number, own: Float64Array, sigma = 1) =>
    units > 1
      ? Math.exp(own[y]!) / sum(own.map(Math.exp))
      : Math.exp(-0.5 * ((y - own[0]!) / sigma) ** 2) / (sigma * Math.sqrt(2 * Math.PI));
  const logs = inputs.map((_, i) => {
    const gates = weights.subarray(i * experts, (i + 1) * experts);
    const terms = gates.map((weight, e) => {
      const from = (i * experts + e) * units;
      const own = outputs.subarray(from, from + units);
      return weight === 0
        ? 0
        : (weight / sum(gates)) * density(response[i]!, own, deviations[e] ?? deviations[0]);
    });
    return Math.log(sum(terms));
  });
  return sum(logs);
}

for (const under of [
  estimator('softmax, linear', softmax(), linear()),
  estimator('softmax, linear, common variance', softmax(), linear(), { variances: 'common' }),
  estimator('softmax, linear, classes', softmax(), linear(), { family: 'multinomial', starts: 6 }),
  estimator('softmax, constant', softmax(), constant()),
  estimator('temperature, linear', temperature(), linear(), { starts: 2 }),
  estimator('top-1, linear', topK({ k: 1 }), linear(), {}, { sample: heaps() }),
  estimator('top-2, linear', topK({ k: 2 }), linear()),
  estimator(
    'hierarchical, linear',
    hierarchical({ groups: 2 }),
    linear(),
    { starts: 2 },
    { experts: [2, 4] },
  ),
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
])
  testEstimator({ describe, test }, under);
