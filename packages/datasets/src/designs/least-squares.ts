import type { Expert, Numbers } from '@tfjs-moe/core';
import { ffn, linear, polynomial } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { type Design, defineDesign, logSizes } from './design.ts';

interface Family {
  readonly expert: () => Expert;
  readonly params: Numbers;
  readonly text: string;
}

const families: Readonly<Record<'ridge' | 'tanh' | 'linear' | 'polynomial', Family>> = {
  ridge: {
    expert: () => ffn({ hiddenUnits: [], outputWeights: false, activation: 'sigmoid' }),
    params: { 'layer_1/kernel': [6, -6], 'layer_1/bias': [-2, 4] },
    text: 'sigmoid(ax + b)',
  },
  tanh: {
    expert: () => ffn({ hiddenUnits: [], outputWeights: false, activation: 'tanh' }),
    params: { 'layer_1/kernel': [3, -3], 'layer_1/bias': [-1, 2] },
    text: 'tanh(ax + b)',
  },
  linear: { expert: () => linear(), params: { kernel: [2, -2], bias: [-1, 1.5] }, text: 'ax + b' },
  polynomial: {
    expert: () => polynomial({ degree: 2 }),
    params: { kernel: [1.5, -1], bias: [-0.5, 1.5] },
    text: '(ax + b)^2',
  },
};

/**
 * Least squares under a softmax gate: experts for which over-fitted atoms converge, and experts for which they do not.
 *
 * "On Least Squares Estimation in Softmax Gating Mixture of Experts" draws inputs from U[0, 1] and compares sigmoid(ax + b)
 * with ax + b. Its other settings were not found.
 *
 * Source: Nguyen, Ho and Rinaldo (2024), arXiv:2402.02952.
 */
export function leastSquares(family: keyof typeof families): Design {
  const { expert: make, params, text } = families[family];
  const expert = make();
  const published = family === 'ridge' || family === 'linear';
  return defineDesign({
    name: `least-squares-${family}`,
    description: `Two experts ${text} under a softmax gate, three fitted by least squares.`,
    measure: {
      gate: softmax(),
      expert,
      inputDim: 1,
      experts: 2,
      gateParams: { 'router/kernel': [4, 0], bias: [-2, 0] },
      expertParams: params,
    },
    inputs: { kind: 'uniform', min: 0, max: 1 },
    noise: { kind: 'regression', standardDeviation: 0.1 },
    sizes: logSizes(100, 100_000, 10),
    replicates: 40,
    estimator: 'leastSquares',
    fitted: [{ gate: softmax(), expert, experts: 3 }],
    source: 'Nguyen, Ho and Rinaldo (2024), arXiv:2402.02952',
    assumed: ['measure', 'noise', 'sizes', 'replicates', 'fitted'],
    notes: published
      ? [`Published: inputs from U[0, 1] and experts ${text}. Nothing else was found.`]
      : ['Published: inputs from U[0, 1]. The experiments there are with sigmoid(ax + b) and ax + b.'],
  });
}
