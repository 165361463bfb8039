import {
  type AnyParams,
  defineGate,
  expectBoolean,
  expectExperts,
  expectInteger,
  expectKnownOptions,
  expectNumber,
  type Gate,
  type GateOps,
  type Identifier,
  type Named,
  type RoutingContext,
} from '@tfjs-moe/core';
import { type RouterOptions, routerOptions } from './biased-router.ts';
import { chosen, forWeighting, observedBy, passedOn } from './passed-on.ts';
import { expectAtMost, keptWeights, lastOutside, massesOf, union } from './selection.ts';
import { weightingOf } from './top-k.ts';

/** Options of `topP`: how much probability the selected experts have to have together. */
export interface TopPOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** The probability that is enough, above 0 and at most 1. Default 0.4. */
  readonly p?: number;
  /**
   * The gate that gives the weights: a gate, its config, or its kind. `router` and `useBias` are handed to it; give them
   * there instead where it is an object or has its own. Default `'softmax'`.
   */
  readonly weighting?: Identifier<Gate, Kind>;
  /** Fewest experts per token. Default 1. */
  readonly minimum?: number;
  /** Most experts per token; selection takes so many rounds. Default all experts. */
  readonly maximum?: number;
  /** Whether the weights of the selected experts are divided by their sum. Default false. */
  readonly renormalize?: boolean;
}

/**
 * Top-P gate: the fewest experts of a token whose probabilities sum to at least $p$, with their weights.
 *
 * A token that the gate is sure about gets one expert, another several, so that the work goes where it is needed. Taken in
 * the order of their probabilities, an expert is selected as long as those before it have less than $p$ together; the one
 * that reaches $p$ is the last. Probabilities are the weighting's weights over their sum.
 *
 * Source: Huang et al., "Harder Tasks Need More Experts: Dynamic Routing in MoE Models" (2024), equations (4) to (6).
 */
export const topP: (<const Kind extends string>(options?: TopPOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('topP', (options: TopPOptions = {}) => {
  const who = 'topP';
  expectKnownOptions(who, options, [
    ...routerOptions,
    ...['p', 'weighting', 'minimum', 'maximum', 'renormalize'],
  ]);
  const p = expectNumber(who, 'p', options.p ?? 0.4, { min: 1e-6, max: 1 });
  const weighting = weightingOf(who, options);
  const maximum = options.maximum && expectExperts(who, 'maximum', options.maximum);
  const bounds = { min: 1, ...(maximum && { max: maximum, maxName: `maximum (${maximum})` }) };
  const minimum = expectInteger(who, 'minimum', options.minimum ?? 1, bounds);
  const renormalize = expectBoolean(who, 'renormalize', options.renormalize ?? false);

  function expertsPerToken(experts: number): number {
    expectAtMost(who, minimum, experts, 'minimum');
    return Math.min(maximum ?? experts, weighting.expertsPerToken(experts));
  }

  return {
    config: { p, weighting: weighting.config, minimum, ...(maximum && { maximum }), renormalize },
    ...(weighting.router && { router: weighting.router }),
    ...passedOn(weighting),
    replays: true,
    expertsPerToken,
    params(inputDim, experts) {
      expertsPerToken(experts);
      return weighting.params(inputDim, experts);
    },
    route<V>(ops: GateOps<V>, x: V, values: Named<AnyParams, V>, context: RoutingContext<V>) {
      const base = weighting.route(ops, x, values, forWeighting(context));
      const allowed = union(ops, base.choices);
      const masses = massesOf(ops, allowed, base);
      let before = ops.constant(0);
      const ranked = ops.topK(lastOutside(ops, allowed, base.scores), expertsPerToken(context.experts));
      const needed = ranked.map((mask, rank) => {
        const choice = ops.mul(mask, allowed);
        const isNeeded = ops.greater(ops.constant(p), before);
        before = ops.add(before, ops.sumExperts(ops.mul(choice, masses)));
        return rank < minimum ? choice : ops.mul(choice, isNeeded);
      });
      const choices = chosen(context, () => needed);
      const { logits, scores, probabilities } = base;
      const weights = keptWeights(ops, union(ops, choices), base, renormalize);
      return { logits, scores, probabilities, choices, ...weights, ...observedBy(base) };
    },
    traits: { sees: weighting.traits?.form ?? weighting.traits?.sees },
  };
}) as never;

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly topP: TopPOptions<Kind>;
  }
}
