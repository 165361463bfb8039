import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { type Design, defineDesign, evenSizes } from './design.ts';

/** Two crossing lines; also the truth of the top-K paper, of the dendrogram paper's experiment 5 and of reference A. */
export function crossingLines(): MixingMeasure {
  return {
    gate: softmax(),
    expert: linear(),
    inputDim: 1,
    experts: 2,
    gateParams: { 'router/kernel': [25, 0], bias: [-8, 0] },
    expertParams: { kernel: [-20, 20], bias: [15, -5] },
    dispersions: [0.3, 0.4],
  };
}

/**
 * The simulations of "Demystifying Softmax Gating Function in Gaussian Mixture of Experts": two lines that cross, a steep
 * softmax gate, inputs on a grid; fitted with the true number of experts, and with one and two too many.
 *
 * Source: Nguyen, Nguyen and Ho (2023), arXiv:2305.03288, and the programs that came with it.
 */
export function demystifyingSoftmax(experts: 2 | 3 | 4): Design {
  const exact = experts === 2;
  return defineDesign({
    name: `demystifying-softmax-k${experts}`,
    description: `Two crossing lines under a steep softmax gate, inputs on a grid, ${experts} experts fitted.`,
    measure: crossingLines(),
    inputs: { kind: 'grid', min: 0, max: 1 },
    noise: { kind: 'experts' },
    sizes: exact
      ? [...evenSizes(100, 900, 5), ...evenSizes(1000, 100_000, 195)]
      : evenSizes(10_000, 100_000, 200),
    replicates: 40,
    estimator: 'maximumLikelihood',
    fitted: [{ gate: softmax(), expert: linear(), experts }],
    source: 'Nguyen, Nguyen and Ho (2023), arXiv:2305.03288',
    notes: [
      'Published: EM with at most 2000 iterations and relative tolerance 1e-6, from ' +
        `${exact ? 'one start' : 'five starts, the best kept,'} near the truth: fitted atoms are dealt to true ones at ` +
        'random, none left out and the last to the last, then moved by normals with deviations 0.005 n^-0.083 (gate) and ' +
        '0.05 n^-0.083 (experts); variances start at the true standard deviation plus |N(0, (0.005 n^-0.25)^2)|.',
      'The last gate is fixed at 0 in the published programs. Their loss is not minimised over the gauge, so ' +
        'over-fitted runs whose reference cell is doubled stay near 1.',
    ],
  });
}
