/**
 * Designs for the theorems of "Convergence Rates for Softmax Gating Mixture of Experts", which has no experiments: all of
 * them are ours.
 *
 * Source: Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, Theorems 3 to 6.
 */
import type { Expert } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, mlpRouter, temperature } from '@tfjs-moe/gates';
import { type Design, type DesignDefinition, defineDesign, logSizes } from './design.ts';

const tanh = (): Expert => ffn({ hiddenUnits: [], outputWeights: false, activation: 'tanh' });

// What least squares see is the noise's variance over n. With little noise the rates show at sizes that can be run.
const shared = {
  inputs: { kind: 'uniform', min: -2, max: 2 },
  noise: { kind: 'regression', standardDeviation: 0.005 },
  sizes: logSizes(100, 10_000, 5),
  replicates: 40,
  estimator: 'leastSquares',
  assumed: ['measure', 'inputs', 'noise', 'sizes', 'replicates', 'fitted'],
} as const;

const ours = (theorem: string, rest: Omit<DesignDefinition, keyof typeof shared | 'source'>): Design =>
  defineDesign({
    ...shared,
    ...rest,
    source: `Ours, for ${theorem} of Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, which has no experiments`,
  });

export function temperatureDesign(router: 'linear' | 'tanh'): Design {
  const isLinear = router === 'linear';
  const gate = temperature(isLinear ? {} : { router: mlpRouter({ hiddenUnits: [] }) });
  return ours(isLinear ? 'Theorem 3' : 'Theorem 4', {
    name: `temperature-${router}-router`,
    description: `Two tanh experts under a temperature gate with the router ${isLinear ? 'b.x' : 'tanh(b.x)'}, three fitted.`,
    measure: {
      gate,
      expert: tanh(),
      inputDim: 2,
      experts: 2,
      gateParams: {
        [isLinear ? 'router/kernel' : 'router/layer_1/kernel']: [1.5, -1, -0.5, 1],
        bias: [0.25, 0],
        temperature: [isLinear ? 0.8 : 0.5],
      },
      expertParams: { 'layer_1/kernel': [1.5, 1, -2, 1], 'layer_1/bias': [-1, 0.5] },
    },
    fitted: [{ gate, expert: tanh(), experts: 3 }],
    notes: isLinear ? ['Scores and temperature have a common scale that no sample shows.'] : [],
  });
}

export function hierarchicalDesign(family: 'tanh' | 'linear'): Design {
  const isLinear = family === 'linear';
  const expert = isLinear ? linear() : tanh();
  const path = isLinear ? '' : 'layer_1/';
  const gate = hierarchical({ groups: 2 });
  return ours(isLinear ? 'Theorem 6' : 'Theorem 5', {
    name: `hierarchical-${family}`,
    description: `Two groups of two ${family} experts, two groups of three fitted.`,
    measure: {
      gate,
      expert,
      inputDim: 2,
      experts: 4,
      gateParams: {
        'outer/router/kernel': [2, 1, 0, 0],
        'outer/bias': [0.3, 0],
        'inner/router/kernel': [2, -2, 0, 0, -2, -1, 0, 0],
        'inner/bias': [-0.5, 0, 0.5, 0],
      },
      expertParams: {
        [`${path}kernel`]: [1.5, 1, -2, 1, 1, -1.5, -1, -1],
        [`${path}bias`]: [-1, 0.5, -0.5, 1],
      },
    },
    fitted: [{ gate, expert, experts: 6 }],
  });
}
