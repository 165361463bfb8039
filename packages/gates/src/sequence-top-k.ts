import {
  type AnyParams,
  defineGate,
  expectBoolean,
  expectExperts,
  expectKnownOptions,
  expectOneOf,
  expectPositive,
  type Gate,
  type GateOps,
  type Identifier,
  MoeError,
  type Named,
  type RoutingContext,
} from '@tfjs-moe/core';
import { type RouterOptions, routerOptions } from './biased-router.ts';
import { type Bracket, nthLargest } from './nth-largest.ts';
import { chosen, forWeighting, observedBy, passedOn } from './passed-on.ts';
import { expectAtMost, keptWeights, lastOutside, oneUnlessNaN, union } from './selection.ts';
import { weightingOf } from './top-k.ts';

/** Options of `sequenceTopK`: how many experts the tokens of a sequence share. */
export interface SequenceTopKOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** $k$, the number of experts that a token has on average, above 0; it need not be whole. Default 2. */
  readonly k?: number;
  /** $U$, the most experts that one token can have. Default all. */
  readonly maximum?: number;
  /** Whose tokens share: those of each sequence, or of the whole batch. Default `'sequence'`. */
  readonly per?: 'sequence' | 'batch';
  /**
   * The gate that gives the weights, from 0 to 1: a gate, its config, or its kind. `router` and `useBias` are handed to it;
   * give them there instead where it is an object or has its own. Default `'softmax'`.
   */
  readonly weighting?: Identifier<Gate, Kind>;
  /** Whether the weights of the selected experts of a token are divided by their sum. Default false. */
  readonly renormalize?: boolean;
}

// From a mark below every weight to 1, as closely as float32 tells weights apart.
const bracket: Bracket = { low: -1, width: 2, halvings: 25 };

/**
 * Top-K of a sequence: the $kT$ best of all pairs of one of its $T$ tokens with an expert, and of one token at most $U$.
 *
 * The work of a sequence is that of top-K, and goes where weights are large: a token that the gate is sure about has few
 * experts, another many, or none at all. Pairs of the same weight as the best that is left out are left out too, so that
 * the budget is never exceeded; padding has no part in it. Which experts a token has depends on the later ones of its
 * sequence, in evaluation too.
 *
 * Source: NVIDIA's Megatron-LM, pull request 6208 (2026), SeqTopK.
 */
export const sequenceTopK: (<const Kind extends string>(options?: SequenceTopKOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('sequenceTopK', (options: SequenceTopKOptions = {}) => {
  const who = 'sequenceTopK';
  expectKnownOptions(who, options, [
    ...routerOptions,
    ...['k', 'maximum', 'per', 'weighting', 'renormalize'],
  ]);
  const k = expectPositive(who, 'k', options.k ?? 2);
  const maximum = options.maximum && expectExperts(who, 'maximum', options.maximum);
  const per = expectOneOf(who, 'per', options.per ?? 'sequence', ['sequence', 'batch']);
  const renormalize = expectBoolean(who, 'renormalize', options.renormalize ?? false);
  const weighting = weightingOf(who, options);
  if (maximum && k > maximum) throw new MoeError(who, `k must be at most maximum (${maximum})`, k);

  function expertsPerToken(experts: number): number {
    const most = maximum ? expectAtMost(who, maximum, experts, 'maximum') : experts;
    return Math.min(most, weighting.expertsPerToken(experts));
  }

  return {
    ...(weighting.router && { router: weighting.router }),
    ...passedOn(weighting),
    config: { k, ...(maximum && { maximum }), per, weighting: weighting.config, renormalize },
    expertsPerToken,
    params(inputDim, experts) {
      expertsPerToken(experts);
      return weighting.params(inputDim, experts);
    },
    readsBatch: 'always',
    replays: true,
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
      const base = weighting.route(ops, x, p, forWeighting(context));
      const choices = chosen(context, () => {
        const allowed = union(ops, base.choices);
        const best = ops.topK(lastOutside(ops, allowed, base.weights), expertsPerToken(context.experts));
        return [taken(ops, base.weights, ops.mul(allowed, union(ops, best)))];
      });
      const { logits, scores, probabilities, weights: values } = base;
      const kept = keptWeights(ops, union(ops, choices), base, renormalize);
      return {
        ...{ logits, scores, probabilities, choices, ...kept },
        weights: ops.mul(kept.weights, oneUnlessNaN(ops, values)),
        ...observedBy(base),
      };
    },
  };

  /** The pairs that the budget is enough for. */
  function taken<V>(ops: GateOps<V>, weights: V, candidates: V): V {
    const among = per === 'batch' ? ops : ops.inSequences();
    const one = ops.constant(1);
    const isNumber = ops.greater(weights, ops.constant(-1));
    const scores = ops.sub(ops.mul(ops.add(weights, one), candidates), one);
    const pairs = (mask: V) => among.sumTokens(ops.sumExperts(mask));
    const experts = ops.sumExperts(ops.add(candidates, ops.sub(one, candidates)));
    const tokens = ops.div(pairs(isNumber), experts);
    // The first that is left out, and everything that cannot be told from it.
    const next = ops.add(ops.mul(ops.constant(k), tokens), one);
    const out = nthLargest(ops, scores, next, pairs, bracket);
    const last = ops.constant(bracket.width / 2 ** bracket.halvings);
    return ops.greaterOrEqual(scores, ops.add(out, last));
  }
}) as never;

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly sequenceTopK: SequenceTopKOptions<Kind>;
  }
}
