import {
  type AnyParams,
  defineGate,
  expectKnownOptions,
  expectOneOf,
  expectPositive,
  type Gate,
  type GateOps,
  type Identifier,
  type Named,
  type RoutingContext,
} from '@tfjs-moe/core';
import { type RouterOptions, routerOptions } from './biased-router.ts';
import { chosen, forWeighting, observedBy, passedOn } from './passed-on.ts';
import { union } from './selection.ts';
import { weightingOf } from './top-k.ts';

/** Options of `expertChoice`: how many tokens an expert takes, and of what. */
export interface ExpertChoiceOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** $c$, the number of experts that a token has on average. Default 2. */
  readonly capacityFactor?: number;
  /** How the number of tokens per expert, $cT/E$, becomes whole; it is at least 1 and at most $T$. Default `'up'`. */
  readonly round?: 'up' | 'nearest' | 'down';
  /** Among which tokens an expert chooses: those of the whole batch, or of each sequence. Default `'batch'`. */
  readonly per?: 'batch' | 'sequence';
  /**
   * The gate that gives the weights: a gate, its config, or its kind. `router` and `useBias` are handed to it; give them
   * there instead where it is an object or has its own. Default `'softmax'`.
   */
  readonly weighting?: Identifier<Gate, Kind>;
}

/**
 * Expert choice: every expert takes its $C = cT/E$ best tokens, with the weight that the token's softmax gives it.
 *
 * The load is even by construction, and no balance loss is needed. A token may have many experts or none. Which ones depends
 * on the other tokens, in evaluation too: a model that answers token by token must not use it, for in a batch it reads
 * tokens that come later, and alone every token is taken by all experts. Padding is never taken.
 *
 * Source: Zhou et al., "Mixture-of-Experts with Expert Choice Routing" (2022), section 3.2.
 */
export const expertChoice: (<const Kind extends string>(options?: ExpertChoiceOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('expertChoice', (options: ExpertChoiceOptions = {}) => {
  const who = 'expertChoice';
  expectKnownOptions(who, options, [...routerOptions, 'capacityFactor', 'round', 'per', 'weighting']);
  const capacityFactor = expectPositive(who, 'capacityFactor', options.capacityFactor ?? 2);
  const round = expectOneOf(who, 'round', options.round ?? 'up', ['up', 'nearest', 'down']);
  const per = expectOneOf(who, 'per', options.per ?? 'batch', ['batch', 'sequence']);
  const weighting = weightingOf(who, options);
  return {
    ...(weighting.router && { router: weighting.router }),
    ...passedOn(weighting),
    config: { capacityFactor, round, per, weighting: weighting.config },
    expertsPerToken: weighting.expertsPerToken,
    params: weighting.params,
    readsBatch: 'always',
    replays: true,
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
      const base = weighting.route(ops, x, p, forWeighting(context));
      const choices = chosen(context, () => {
        const among = per === 'batch' ? ops : ops.inSequences();
        const taken = among.topTokens(base.weights, (tokens) => {
          const share = (capacityFactor * tokens) / context.experts;
          return Math.min(tokens, Math.max(1, rounded[round](share)));
        });
        return [ops.mul(taken, union(ops, base.choices))];
      });
      return {
        logits: base.logits,
        scores: base.weights,
        probabilities: base.probabilities,
        choices,
        weights: ops.mul(base.weights, union(ops, choices)),
        ...observedBy(base),
      };
    },
  };
}) as never;

const rounded: Readonly<Record<NonNullable<ExpertChoiceOptions['round']>, (share: number) => number>> = {
  // A product such as 1.1 * 10 is not to be rounded up to 12.
  up: (share) => Math.ceil(share - 1e-9),
  nearest: Math.round,
  down: (share) => Math.floor(share + 1e-9),
};

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly expertChoice: ExpertChoiceOptions<Kind>;
  }
}
