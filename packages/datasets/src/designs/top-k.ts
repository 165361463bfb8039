import { linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { crossingLines } from './demystifying-softmax.ts';
import { type Design, defineDesign, logSizes } from './design.ts';

/**
 * The simulations of "Statistical Perspective of Top-K Sparse Softmax Gating Mixture of Experts": the crossing lines with
 * one expert per input.
 *
 * Source: Nguyen, Akbarian, Yan and Ho (2024), arXiv:2309.13850, and public programs of the group.
 */
export function topKDesign(variant: 'exact' | 'over'): Design {
  const exact = variant === 'exact';
  const [experts, k] = exact ? [2, 1] : [3, 2];
  return defineDesign({
    name: `top-k-${variant}`,
    description: `Two crossing lines, one per input; ${experts} experts with ${k} per input fitted.`,
    measure: { ...crossingLines(), gate: topK({ k: 1 }) },
    inputs: { kind: 'uniform', min: 0, max: 1 },
    noise: { kind: 'experts' },
    sizes: logSizes(100, 100_000, 20),
    replicates: 40,
    estimator: 'maximumLikelihood',
    fitted: [{ gate: topK({ k }), expert: linear(), experts }],
    source: 'Nguyen, Akbarian, Yan and Ho (2024), arXiv:2309.13850',
    assumed: ['sizes'],
    notes: [
      'Experts are selected by the full logit, as in the programs: the boundary is x = 0.32. The paper selects by ' +
        'beta_1 x alone, by which the first expert would be selected on all of [0, 1].',
      'Sizes run from 100 to 100000 in the paper; how many there are was not found. One program draws inputs from N(0, 1).',
    ],
  });
}
