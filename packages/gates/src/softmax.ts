import { defineGate, expectKnownOptions, type Gate } from '@tfjs-moe/core';
import { biasedRouter, type RouterOptions, routerOptions } from './biased-router.ts';
import { selectAll } from './selection.ts';

/** Options of the softmax gate. */
export type SoftmaxOptions<Kind extends string = string> = RouterOptions<Kind>;

/**
 * Softmax gate: every expert, with weight $\dfrac{\exp(z_e)}{\sum_j \exp(z_j)}$.
 *
 * Dense, smooth and competitive: the classical gate, and the weighting that most sparse gates start from. Every expert
 * is computed for every token, so it is for few experts; take `topK` for many.
 *
 * Source: Jordan and Jacobs, "Hierarchical Mixtures of Experts and the EM Algorithm" (1994); Nguyen, Ho and Rinaldo,
 * "Convergence Rates for Softmax Gating Mixture of Experts" (2025), equation (2).
 */
export const softmax: (<const Kind extends string>(options?: SoftmaxOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('softmax', (options: SoftmaxOptions = {}) => {
  expectKnownOptions('softmax', options, routerOptions);
  const { router, config, form, params, logits: logitsOf } = biasedRouter('softmax', options);
  return {
    config,
    router,
    params,
    expertsPerToken: (experts) => experts,
    route(ops, x, p) {
      const logits = logitsOf(ops, x, p);
      const probabilities = ops.softmax(logits);
      return {
        logits,
        scores: logits,
        probabilities,
        choices: selectAll(ops, probabilities),
        weights: probabilities,
        logWeights: logits,
        selectsAll: true,
      };
    },
    traits: { form: { type: 'competitive', ...form } },
  };
}) as never;

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly softmax: SoftmaxOptions<Kind>;
  }
}
