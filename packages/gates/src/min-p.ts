import {
  type AnyParams,
  defineGate,
  expectBoolean,
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
import { keptWeights, lastOutside, massesOf, union } from './selection.ts';
import { weightingOf } from './top-k.ts';

/** Options of `minP`: how small an expert's weight may be beside the largest. */
export interface MinPOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** The smallest weight as a part of the largest, above 0 and at most 1. Default 0.5. */
  readonly p?: number;
  /**
   * The gate that gives the weights: a gate, its config, or its kind. `router` and `useBias` are handed to it; give them
   * there instead where it is an object or has its own. Default `'softmax'`.
   */
  readonly weighting?: Identifier<Gate, Kind>;
  /** Whether the weights of the selected experts are divided by their sum. Default false. */
  readonly renormalize?: boolean;
}

/**
 * Min-P gate: the experts whose weight is at least $p$ times the largest of the token, $S = \{e : g_e \ge p \max_j g_j\}$,
 * with their weights.
 *
 * A selection whose size follows the shape of the weights and not their sum: with a clear winner one expert, of equal ones
 * all. Under a softmax it is a bound on the distance of logits, $z_e \ge \max_j z_j + \log p$, and costs no more than the
 * largest.
 *
 * Source: Nguyen et al., "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs" (2024), equation
 * (1), for words; for experts, llama.cpp.
 */
export const minP: (<const Kind extends string>(options?: MinPOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('minP', (options: MinPOptions = {}) => {
  const who = 'minP';
  expectKnownOptions(who, options, [...routerOptions, 'p', 'weighting', 'renormalize']);
  const p = expectNumber(who, 'p', options.p ?? 0.5, { min: 1e-6, max: 1 });
  const weighting = weightingOf(who, options);
  const renormalize = expectBoolean(who, 'renormalize', options.renormalize ?? false);
  return {
    config: { p, weighting: weighting.config, renormalize },
    ...(weighting.router && { router: weighting.router }),
    ...passedOn(weighting),
    replays: true,
    expertsPerToken: weighting.expertsPerToken,
    params: weighting.params,
    route<V>(ops: GateOps<V>, x: V, values: Named<AnyParams, V>, context: RoutingContext<V>) {
      const base = weighting.route(ops, x, values, forWeighting(context));
      const allowed = union(ops, base.choices);
      const masses = massesOf(ops, allowed, base);
      const [largest] = ops.topK(lastOutside(ops, allowed, base.scores), 1) as [V];
      const best = ops.mul(largest, allowed);
      const least = ops.mul(ops.constant(p), ops.sumExperts(ops.mul(best, masses)));
      const above = ops.mul(ops.greaterOrEqual(masses, least), allowed);
      const choices = chosen(context, () => [best, ops.mul(above, ops.sub(ops.constant(1), best))]);
      const { logits, scores, probabilities } = base;
      const weights = keptWeights(ops, union(ops, choices), base, renormalize);
      return { logits, scores, probabilities, choices, ...weights, ...observedBy(base) };
    },
    traits: { sees: weighting.traits?.form ?? weighting.traits?.sees },
  };
}) as never;

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly minP: MinPOptions<Kind>;
  }
}
