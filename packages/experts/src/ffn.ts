import { defineExpert, type ExpertFactory, expectKnownOptions } from '@tfjs-moe/core';
import { type FeedForwardOptions, feedForward, feedForwardOptions } from './feed-forward.ts';

/** Options of the layers. */
export type FfnOptions = FeedForwardOptions;

/**
 * Feed-forward expert: $h(x) = \sigma(x W_1 + b_1) W_2 + b_2$ with any number of hidden layers.
 *
 * The expert of deep mixture-of-experts layers. With `hiddenUnits: []` and `outputWeights: false` it is
 * $\sigma(x W + b)$, the expert of the convergence theory: for a smooth, bounded or GELU activation over-specified
 * mixtures of it are still estimated at rate $n^{-1/4}$. An outer scale $\lambda\,\sigma(\cdot)$, hence every expert
 * with output weights, and ReLU, which is homogeneous, lose that guarantee in regression.
 *
 * Source: Shazeer et al., "Outrageously Large Neural Networks" (2017), section 2; Nguyen, Ho and Rinaldo,
 * "Convergence Rates for Softmax Gating Mixture of Experts" (2025), Definition 1 and Theorem 1.
 */
export const ffn: ExpertFactory<[options: FfnOptions]> = /* @__PURE__ */ defineExpert(
  'ffn',
  (options: FfnOptions) => {
    expectKnownOptions('ffn', options, feedForwardOptions);
    return feedForward('ffn', options);
  },
);

declare module '@tfjs-moe/core' {
  interface ExpertOptionsByKind<Kind extends string> {
    readonly ffn: FfnOptions;
  }
}
