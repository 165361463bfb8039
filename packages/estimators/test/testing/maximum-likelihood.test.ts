import type { Expert, Gate } from '@tfjs-moe/core';
import { constant, ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, softmax, temperature, topK } from '@tfjs-moe/gates';
import { expertMeans, gateProbabilities, type MixingMeasure } from '@tfjs-moe/measures';
import { logGamma } from '@tfjs-moe/numerics';
import { describe, test } from 'vitest';
import {
  expectedResponse,
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
  type MaximumLikelihoodOptions,
  type Sample,
} from '../../src/index.ts';
import { type EstimatorUnderTest, type ResponseKind, testEstimator } from '../../src/testing/index.ts';
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
    response: kindOf(options.family),
    ...rest,
  };
}

function kindOf(family: MaximumLikelihoodOptions['family']): ResponseKind {
  if (family === 'multinomial' || family === 'binomial') return 'class';
  if (family === 'poisson' || family === 'negativeBinomial') return 'count';
  return family === 'gamma' ? 'positive' : 'number';
}

/** Densities and probabilities as textbooks have them, of an output and a dispersion. */
const densities: Readonly<Record<string, (y: number, h: number, d: number) => number>> = {
  gaussian: (y, h, d) => Math.exp(-0.5 * ((y - h) / d) ** 2) / (d * Math.sqrt(2 * Math.PI)),
  // With 4 degrees of freedom.
  studentT: (y, h, d) => (0.375 / d) * (1 + ((y - h) / d) ** 2 / 4) ** -2.5,
  laplace: (y, h, d) => Math.exp(-Math.abs(y - h) / d) / (2 * d),
  poisson: (y, h) => Math.exp(y * h - Math.exp(h) - logGamma(y + 1)),
  negativeBinomial: (y, h, d) =>
    Math.exp(
      logGamma(y + d) -
        logGamma(d) -
        logGamma(y + 1) +
        d * Math.log(d / (d + Math.exp(h))) +
        y * Math.log(Math.exp(h) / (d + Math.exp(h))),
    ),
  gamma: (y, h, d) =>
    Math.exp((d - 1) * Math.log(y) + d * Math.log(d / Math.exp(h)) - (d * y) / Math.exp(h) - logGamma(d)),
  binomial: (y, h) => 1 / (1 + Math.exp(y === 1 ? -h : h)),
};

/** $\sum_i \log \sum_e g_e(x_i) f_e(y_i)$ as it is written. */
function logLikelihood(measure: MixingMeasure, { inputs, response }: Sample): number {
  const { experts, units = 1, dispersions: deviations = [] } = measure;
  const [weights, outputs] = [gateProbabilities(measure, inputs), expertMeans(measure, inputs)];
  const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
  const density = (y: number, own: Float64Array, dispersion = 1) =>
    units > 1
      ? Math.exp(own[y]!) / sum(own.map(Math.exp))
      : densities[measure.family?.kind ?? 'gaussian']!(y, own[0]!, dispersion);
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
  ...['studentT', 'laplace', 'poisson', 'negativeBinomial', 'gamma', 'binomial'].map((family) =>
    estimator(`softmax, linear, ${family}`, softmax(), linear(), { family, starts: 2 }),
  ),
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
