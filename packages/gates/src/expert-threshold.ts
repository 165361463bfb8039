import {
  type AnyParams,
  defineGate,
  expectKnownOptions,
  expectNumber,
  expectPositive,
  type Gate,
  type GateOps,
  type GateParamSpec,
  type Identifier,
  type Named,
  type RoutingContext,
} from '@tfjs-moe/core';
import { type RouterOptions, routerOptions } from './biased-router.ts';
import { movedTo, nthLargest, tokensOf, unitBracket } from './nth-largest.ts';
import { chosen, forWeighting, observedBy, passedOn } from './passed-on.ts';
import { keptWeights, oneUnlessNaN, selectAbove, union } from './selection.ts';
import { sigmoid } from './sigmoid.ts';
import { weightingOf } from './top-k.ts';

/** Options of `expertThreshold`: how many experts a token has on average, and how fast thresholds move. */
export interface ExpertThresholdOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** $k$, the number of experts that a token has on average, above 0; it need not be whole. Default 2. */
  readonly k?: number;
  /** $a$, the part of the old threshold that stays in a step, from 0 to below 1. Default 0.9. */
  readonly decay?: number;
  /**
   * The gate that gives the weights, from 0 to 1: a gate, its config, or its kind. `router` and `useBias` are handed to it;
   * give them there instead where it is an object or has its own. Default `'sigmoid'`.
   */
  readonly weighting?: Identifier<Gate, Kind>;
}

const THRESHOLD = 'threshold';
const STEPS = 'threshold_steps';
const TOKENS = 'threshold_tokens';

/**
 * Expert threshold: every expert takes the tokens whose weight is above a threshold of its own,
 * $S(x) = \{e : g_e(x) > \theta_e\}$, and the threshold follows what would have given it its share,
 * $\theta_e \leftarrow a\,\theta_e + (1 - a)\,q_e$ with $q_e$ the $\lceil kT/E \rceil$-th largest weight of the batch.
 *
 * Expert choice for models that answer token by token: the load is even over time and not in each batch, no balance loss is
 * needed, and a token never sees the others, in training or evaluation. It may have many experts or none. Thresholds are
 * state, moved once per step of the optimiser: where several batches make a step, by the mean of their $q_e$, each with
 * the weight of its tokens. In the first steps they are the mean of all steps so far; before the first they are 0, and a
 * token has every expert.
 *
 * Source: "Expert Threshold Routing" (arXiv 2603.11535, 2026).
 */
export const expertThreshold: (<const Kind extends string>(
  options?: ExpertThresholdOptions<Kind>,
) => Gate) & { readonly kind: string } = /* @__PURE__ */ defineGate(
  'expertThreshold',
  (options: ExpertThresholdOptions = {}) => {
    const who = 'expertThreshold';
    expectKnownOptions(who, options, [...routerOptions, 'k', 'decay', 'weighting']);
    const k = expectPositive(who, 'k', options.k ?? 2);
    const decay = expectNumber(who, 'decay', options.decay ?? 0.9, { min: 0, max: 1 - 1e-6 });
    const weighting = weightingOf(who, options, sigmoid);
    return {
      config: { k, decay, weighting: weighting.config },
      ...(weighting.router && { router: weighting.router }),
      ...passedOn(weighting),
      replays: true,
      expertsPerToken: weighting.expertsPerToken,
      params(inputDim, experts) {
        const specs: Readonly<Record<string, GateParamSpec>> = weighting.params(inputDim, experts);
        const state = { shape: [1], initializer: { kind: 'zeros' }, trainable: false, state: true } as const;
        return {
          ...specs,
          [THRESHOLD]: { ...state, copies: experts },
          [STEPS]: { ...state, copies: 1, shared: true },
        };
      },
      route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
        const base = weighting.route(ops, x, p, forWeighting(context));
        const excess = ops.sub(base.weights, p[THRESHOLD]!);
        const choices = chosen(context, () => [
          ops.mul(selectAbove(ops, base.weights, p[THRESHOLD]!), union(ops, base.choices)),
        ]);
        const { logits, scores, probabilities, weights: given } = base;
        const { weights } = keptWeights(ops, union(ops, choices), base, false);
        return {
          ...{ logits, scores, probabilities, choices },
          weights: ops.mul(weights, oneUnlessNaN(ops, excess)),
          ...observedBy(base, context.training ? quantiles(ops, given, k / context.experts) : {}),
        };
      },
      update<V>(
        ops: GateOps<V>,
        p: Named<AnyParams, V>,
        sums: Readonly<Record<string, V>>,
        context: { readonly experts: number },
      ): Record<string, V> {
        const one = ops.constant(1);
        const steps = ops.add(p[STEPS]!, one);
        // The larger of 1 - a and one over the number of steps.
        const [slow, mean] = [ops.constant(1 - decay), ops.div(one, steps)];
        const part = ops.add(slow, ops.activation('relu', ops.sub(mean, slow)));
        const said = { sum: sums[THRESHOLD]!, tokens: sums[TOKENS]! };
        return {
          ...weighting.update?.(ops, p, sums, context),
          [THRESHOLD]: movedTo(ops, p[THRESHOLD]!, said, part),
          [STEPS]: steps,
        };
      },
      traits: { sees: weighting.traits?.form ?? weighting.traits?.sees },
    };
  },
) as never;

/** What an expert's threshold would have had to be in this batch, times its tokens, and their number. */
function quantiles<V>(ops: GateOps<V>, weights: V, share: number): Record<string, V> {
  const tokens = tokensOf(ops, weights);
  const wanted = ops.mul(ops.constant(share), tokens);
  // One token at least.
  const n = ops.add(wanted, ops.activation('relu', ops.sub(ops.constant(1), wanted)));
  const quantile = nthLargest(ops, weights, n, ops.sumTokens, unitBracket);
  return { [THRESHOLD]: ops.mul(quantile, tokens), [TOKENS]: tokens };
}

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly expertThreshold: ExpertThresholdOptions<Kind>;
  }
}
