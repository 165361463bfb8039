import {
  type AnyParams,
  defineGate,
  expectKnownOptions,
  expectNumber,
  expectOneOf,
  type Gate,
  type GateOps,
  type Named,
  type RoutingContext,
} from '@tfjs-moe/core';
import { biasedRouter, type RouterOptions, routerOptions } from './biased-router.ts';
import { oneUnlessNaN } from './selection.ts';

/** Options of `mixtureOfDepths`: which part of the tokens is computed, and who says so in evaluation. */
export interface MixtureOfDepthsOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** The part of the tokens that an expert takes, above 0 and at most 1; rounded, and one token at least. Default 0.125. */
  readonly capacity?: number;
  /** Among which tokens an expert chooses: those of each sequence, or of the whole batch. Default `'sequence'`. */
  readonly per?: 'sequence' | 'batch';
  /**
   * Which tokens evaluation computes: `'best'` as in training, which looks at later tokens too, or `'positive'`, those whose
   * score is above 0, each by itself. Default `'best'`.
   */
  readonly evaluation?: 'best' | 'positive';
}

/**
 * Mixture of depths: an expert takes the part of the tokens with the best scores, and its output is weighed by the score;
 * for the other tokens the layer answers 0.
 *
 * With one expert, the tokens that a block is computed for: put it beside a skip connection, $y = x + r(x) f(x)$ for the
 * tokens that are taken and $y = x$ for the others. The weight is the score itself, which may be negative, so that the
 * router learns. Which tokens are the best depends on the whole sequence; to answer token by token, train the scores to
 * be positive for the best and evaluate with `'positive'`.
 *
 * Source: Raposo et al., "Mixture-of-Depths: Dynamically Allocating Compute in Transformer-Based Language Models" (2024),
 * section 3.4, equation (1).
 */
export const mixtureOfDepths: (<const Kind extends string>(
  options?: MixtureOfDepthsOptions<Kind>,
) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('mixtureOfDepths', (options: MixtureOfDepthsOptions = {}) => {
  const who = 'mixtureOfDepths';
  expectKnownOptions(who, options, [...routerOptions, 'capacity', 'per', 'evaluation']);
  const { router, config, params, logits: logitsOf } = biasedRouter(who, options);
  const capacity = expectNumber(who, 'capacity', options.capacity ?? 0.125, { min: 1e-6, max: 1 });
  const per = expectOneOf(who, 'per', options.per ?? 'sequence', ['sequence', 'batch']);
  const evaluation = expectOneOf(who, 'evaluation', options.evaluation ?? 'best', ['best', 'positive']);
  return {
    config: { ...config, capacity, per, evaluation },
    router,
    params,
    expertsPerToken: (experts) => experts,
    readsBatch: evaluation === 'best' ? 'always' : 'training',
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, { training }: RoutingContext) {
      const logits = logitsOf(ops, x, p);
      const best = () =>
        (per === 'batch' ? ops : ops.inSequences()).topTokens(logits, (tokens) =>
          Math.max(1, Math.round(capacity * tokens)),
        );
      const selected = training || evaluation === 'best' ? best() : ops.greater(logits, ops.constant(0));
      return {
        logits,
        scores: logits,
        probabilities: ops.softmax(logits),
        choices: [selected],
        // A token of NaN is taken last, and its gradients are NaN all the same.
        weights: ops.mul(ops.mul(logits, selected), oneUnlessNaN(ops, logits)),
      };
    },
  };
}) as never;

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly mixtureOfDepths: MixtureOfDepthsOptions<Kind>;
  }
}
