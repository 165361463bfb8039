import type { Expert } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { sigmoid, softmax } from '@tfjs-moe/gates';
import { type Design, defineDesign, logSizes } from './design.ts';

/**
 * Sigmoid against softmax gates on the same data, in both regimes: with a true $\beta_1 = 0$, which several sigmoid gates
 * can add up to, and without one.
 *
 * Figure 1 of "Sigmoid Gating is More Sample Efficient than Softmax Gating in Mixture of Experts" compares the gates with
 * ReLU and with linear experts. Its settings were not found.
 *
 * Source: Nguyen, Ho and Rinaldo (2024), arXiv:2405.13997.
 */
export function sigmoidGate(family: 'relu' | 'linear', regime: 1 | 2): Design {
  const isLinear = family === 'linear';
  const expert: Expert = isLinear
    ? linear()
    : ffn({ hiddenUnits: [], outputWeights: false, activation: 'relu' });
  const path = isLinear ? '' : 'layer_1/';
  return defineDesign({
    name: `sigmoid-${family}-regime-${regime}`,
    description: `Two ${family === 'relu' ? 'ReLU' : 'linear'} experts under a sigmoid gate, regime ${regime}; three fitted under sigmoid and under softmax gates.`,
    measure: {
      gate: sigmoid(),
      expert,
      inputDim: 1,
      experts: 2,
      gateParams: { 'router/kernel': [regime === 1 ? 0 : -2, 3], bias: [0.5, -0.5] },
      expertParams: { [`${path}kernel`]: [2, -1.5], [`${path}bias`]: [1, 0.5] },
    },
    inputs: { kind: 'uniform', min: -1, max: 1 },
    noise: { kind: 'regression', standardDeviation: 0.1 },
    sizes: logSizes(100, 100_000, 10),
    replicates: 40,
    estimator: 'leastSquares',
    fitted: [sigmoid(), softmax()].map((gate) => ({ gate, expert, experts: 3 })),
    source: 'Nguyen, Ho and Rinaldo (2024), arXiv:2405.13997, Figure 1',
    assumed: ['measure', 'inputs', 'noise', 'sizes', 'replicates', 'fitted'],
    notes: [
      'Published: the comparison of the gates on the same data, and the two kinds of expert. Nothing else was found.',
      regime === 1
        ? 'The first atom has beta_1 = 0, so that two fitted atoms can share it.'
        : 'No atom has beta_1 = 0, so that the over-fitted sigmoid mixture is misspecified.',
    ],
  });
}
