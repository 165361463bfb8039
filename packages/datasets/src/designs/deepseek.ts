import type { Expert, Numbers } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax } from '@tfjs-moe/gates';
import { type Design, defineDesign, logSizes } from './design.ts';

interface Experts {
  readonly expert: Expert;
  readonly params: Numbers;
  readonly shared: number;
}

/** $\eta_2\,\mathrm{ReLU}(\eta_1 x)$; the first two are the shared expert. */
const relu = (): Experts => ({
  expert: ffn({ hiddenUnits: 1, activation: 'relu', useBias: false }),
  params: { 'layer_1/kernel': [6, 6, -12, 12], 'layer_2/kernel': [-8, -8, 4, 4] },
  shared: 0.25,
});

/** $\eta_1 x + \eta_0$. */
const lines = (): Experts => ({
  expert: linear(),
  params: { kernel: [2, 2, 8, -6], bias: [0, 0, 2, 1] },
  shared: 0.2,
});

/**
 * The simulations of "On DeepSeekMoE": one shared expert and two routed ones, in halves. Here the shared expert is the
 * first group of a hierarchical gate, in two equal copies because groups are of one size, and the routed ones the second.
 *
 * Source: Nguyen et al. (2025), arXiv:2505.10860, appendix G.1.
 */
export function deepseek(theorem: 1 | 2 | 3 | 4): Design {
  const { expert, params, shared } = theorem % 2 === 1 ? relu() : lines();
  const slope = theorem === 3 ? 0 : 5;
  const ofSigmoid = theorem >= 3;
  return defineDesign({
    name: `deepseek-theorem-${theorem}`,
    description: `A shared expert and two routed ones under a ${ofSigmoid ? 'normalised sigmoid' : 'softmax'} gate.`,
    measure: {
      gate: hierarchical({ groups: 2, inner: ofSigmoid ? sigmoid({ normalize: true }) : softmax() }),
      expert,
      inputDim: 1,
      experts: 4,
      gateParams: {
        'outer/router/kernel': [0, 0],
        'outer/bias': [0, 0],
        'inner/router/kernel': [0, 0, slope, slope],
        'inner/bias': [0, 0, -0.5, 0.5],
      },
      expertParams: params,
      dispersions: [shared, shared, 0.4, 0.4].map(Math.sqrt),
    },
    inputs: { kind: 'uniform', min: -3, max: 3 },
    noise: { kind: 'experts' },
    sizes: logSizes(100, 100_000, 20),
    replicates: 40,
    estimator: 'maximumLikelihood',
    fitted: [],
    source: `Nguyen et al. (2025), arXiv:2505.10860, appendix G.1, Theorem ${theorem}`,
    assumed: ['measure', 'sizes', 'fitted'],
    notes: [
      'Published: two shared and three routed experts are fitted by EM with tolerance 1e-6 and at most 1000 iterations, ' +
        `to slopes ${[-0.451, -0.517, -0.46, -0.552][theorem - 1]}. Groups of different size are no gate of ours, so no family is given.`,
      'Ours: that shared and routed experts weigh one half each, that tau and nu are variances, and how many sizes there are.',
      ...(ofSigmoid
        ? [
            `Ours: that all but the gate${theorem === 3 ? ' and beta_1 = 0' : ''} is as for Theorem ${theorem - 2}.`,
          ]
        : []),
      'Components 0 and 1 are the same shared expert.',
    ],
  });
}
