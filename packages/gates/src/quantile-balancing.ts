import {
  type AnyParams,
  defineGate,
  expectExperts,
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
import { type Bracket, movedTo, nthLargest, tokensOf } from './nth-largest.ts';
import { chosen, forWeighting, observedBy, passedOn } from './passed-on.ts';
import {
  dividedOver,
  expectAtMost,
  expectRenormalization,
  lastOutside,
  oneUnlessNaN,
  type Renormalization,
  union,
} from './selection.ts';
import { weightingOf } from './top-k.ts';

/** Options of `quantileBalancing`: how many experts per token, what weighs them, and how fast the prices move. */
export interface QuantileBalancingOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** Number of experts per token, from 1 to the number of experts. Default 2. */
  readonly k?: number;
  /**
   * The gate that gives the weights: a gate, its config, or its kind. `router` and `useBias` are handed to it; give them
   * there instead where it is an object or has its own. Default `'softmax'`.
   */
  readonly weighting?: Identifier<Gate, Kind>;
  /** When the weights of the selected experts are divided by their sum; see `topK`. Default `'beforeDrop'`. */
  readonly renormalize?: Renormalization;
  /** Factor of the final weights. Default 1. */
  readonly weightScale?: number;
  /** The part of the old price that stays in a step, from 0 to below 1. Default 0. */
  readonly decay?: number;
}

const BIAS = 'selection_bias';
const TOKENS = 'selection_tokens';

// Beyond it a price would decide alone.
const logits: Bracket = { low: -32, width: 64, halvings: 30 };

/**
 * Quantile balancing: the $k$ best experts of every token after a price, $S(x) = \mathrm{TopK}(z - \beta, k)$, and the price
 * is set after every step so that the batch would have filled every expert evenly.
 *
 * With $\alpha_t$ the $(k + 1)$-th largest of $z_t - \beta$, what it takes for a token to be the expert's,
 * $\beta_e$ becomes the $\lceil kT/E \rceil + 1$-th largest of $z_{te} - \alpha_t$: one round of the dual of the assignment
 * problem. It balances in a few steps what `lossFree` does in hundreds, without a speed to choose; prices of small batches
 * are noisy, which `decay` smooths. Weights do not see the price. It is state, kept as `selection_bias`, $-\beta$, between
 * -32 and 32; where several batches make a step, the mean of their quantiles with the weight of their tokens. Evaluation
 * uses it, and reads no batch.
 *
 * Source: NVIDIA's Megatron-LM (2026), `qb_dual_update`.
 */
export const quantileBalancing: (<const Kind extends string>(
  options?: QuantileBalancingOptions<Kind>,
) => Gate) & { readonly kind: string } = /* @__PURE__ */ defineGate(
  'quantileBalancing',
  (options: QuantileBalancingOptions = {}) => {
    const who = 'quantileBalancing';
    expectKnownOptions(who, options, [
      ...routerOptions,
      ...['k', 'weighting', 'renormalize', 'weightScale', 'decay'],
    ]);
    const k = expectExperts(who, 'k', options.k ?? 2);
    const weighting = weightingOf(who, options);
    const renormalize = expectRenormalization(who, options.renormalize ?? 'beforeDrop');
    const weightScale = expectPositive(who, 'weightScale', options.weightScale ?? 1);
    const decay = expectNumber(who, 'decay', options.decay ?? 0, { min: 0, max: 1 - 1e-6 });

    const expertsPerToken = (experts: number) =>
      Math.min(expectAtMost(who, k, experts), weighting.expertsPerToken(experts));

    return {
      config: { k, weighting: weighting.config, renormalize, weightScale, decay },
      ...(weighting.router && { router: weighting.router }),
      ...passedOn(weighting),
      replays: true,
      expertsPerToken,
      params(inputDim, experts) {
        expertsPerToken(experts);
        const specs: Readonly<Record<string, GateParamSpec>> = weighting.params(inputDim, experts);
        const spec = { shape: [1], initializer: { kind: 'zeros' }, trainable: false, state: true } as const;
        return { ...specs, [BIAS]: { ...spec, copies: experts } };
      },
      route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
        const base = weighting.route(ops, x, p, forWeighting(context));
        const allowed = union(ops, base.choices);
        const scores = ops.add(base.logits, p[BIAS]!);
        const choices = chosen(context, () =>
          ops.topK(lastOutside(ops, allowed, scores), k).map((choice) => ops.mul(choice, allowed)),
        );
        const selected = union(ops, choices);
        const divides = k > 1 && renormalize !== 'never';
        const given = base.unnormalized ?? base.weights;
        const plain = divides ? dividedOver(ops, selected, base) : ops.mul(given, selected);
        const weights = ops.mul(plain, oneUnlessNaN(ops, scores));
        return {
          ...{ logits: base.logits, scores, probabilities: base.probabilities, choices },
          weights: weightScale === 1 ? weights : ops.mul(ops.constant(weightScale), weights),
          ...(base.logWeights !== undefined && { logWeights: base.logWeights }),
          renormalizeAfterDrop: divides && renormalize === 'afterDrop',
          ...observedBy(base, context.training ? prices(ops, base.logits, scores, k, context.experts) : {}),
        };
      },
      update<V>(
        ops: GateOps<V>,
        p: Named<AnyParams, V>,
        sums: Readonly<Record<string, V>>,
        context: { readonly experts: number },
      ): Record<string, V> {
        const said = { sum: sums[BIAS]!, tokens: sums[TOKENS]! };
        return {
          ...weighting.update?.(ops, p, sums, context),
          [BIAS]: movedTo(ops, p[BIAS]!, said, ops.constant(1 - decay)),
        };
      },
      traits: { sees: weighting.traits?.form ?? weighting.traits?.sees },
    };
  },
) as never;

/** What would have to be added to the logits of this batch, times the tokens of every expert, and their number. */
function prices<V>(ops: GateOps<V>, z: V, scores: V, k: number, experts: number): Record<string, V> {
  const last = ops.topK(scores, Math.min(k + 1, experts)).at(-1)!;
  const distance = ops.sub(z, ops.sumExperts(ops.mul(last, scores)));
  const tokens = tokensOf(ops, distance);
  const share = ops.div(ops.mul(ops.constant(k), tokens), ops.constant(experts));
  const price = nthLargest(ops, distance, ops.add(share, ops.constant(1)), ops.sumTokens, logits);
  return { [BIAS]: ops.mul(ops.sub(ops.constant(0), price), tokens), [TOKENS]: tokens };
}

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly quantileBalancing: QuantileBalancingOptions<Kind>;
  }
}
