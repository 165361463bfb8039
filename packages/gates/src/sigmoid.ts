import { defineGate, expectBoolean, expectKnownOptions, type Gate } from '@tfjs-moe/core';
import { biasedRouter, type RouterOptions, routerOptions } from './biased-router.ts';
import { selectAll } from './selection.ts';

/** Options of `sigmoid`: whether weights are divided by their sum. */
export interface SigmoidOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /**
   * Whether the weights are divided by their sum: over all experts, or over the selected ones where the gate is the
   * weighting of `topK` with k above 1. Default false.
   */
  readonly normalize?: boolean;
}

/**
 * Sigmoid gate: every expert, with weight $\sigma(z_e) = 1 / (1 + e^{-z_e})$.
 *
 * Experts do not compete: one token may have several experts at full weight, or none. More sample efficient than
 * softmax when the number of experts is over-specified, and the weighting of recent large models under `topK`. The
 * weights do not sum to 1 unless `normalize` is set. Unlike softmax it is not invariant under a common shift of all
 * biases.
 *
 * Source: Nguyen, Ho and Rinaldo, "Sigmoid Gating is More Sample Efficient than Softmax Gating in Mixture of Experts"
 * (2024); DeepSeek-AI, "DeepSeek-V3 Technical Report" (2024), equations (13) to (15).
 */
export const sigmoid: (<const Kind extends string>(options?: SigmoidOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('sigmoid', (options: SigmoidOptions = {}) => {
  expectKnownOptions('sigmoid', options, [...routerOptions, 'normalize']);
  const { router, config, form, params, logits: logitsOf } = biasedRouter('sigmoid', options);
  const normalize = expectBoolean('sigmoid', 'normalize', options.normalize ?? false);
  return {
    config: { ...config, normalize },
    router,
    params,
    expertsPerToken: (experts) => experts,
    route(ops, x, p) {
      const logits = logitsOf(ops, x, p);
      const activations = ops.activation('sigmoid', logits);
      // log sigmoid(z) = -softplus(-z): their softmax is the sigmoids over their sum, also where all of them underflow.
      const zero = ops.constant(0);
      const logWeights = ops.sub(zero, ops.activation('softplus', ops.sub(zero, logits)));
      const probabilities = ops.softmax(logWeights);
      return {
        logits,
        scores: logits,
        probabilities,
        choices: selectAll(ops, probabilities),
        weights: normalize ? probabilities : activations,
        ...(normalize && { unnormalized: activations }),
        logWeights,
        selectsAll: true,
      };
    },
    traits: { form: { type: 'sigmoid', ...form, normalized: normalize } },
  };
}) as never;

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly sigmoid: SigmoidOptions<Kind>;
  }
}
