import {
  type AnyParams,
  defineGate,
  expectExperts,
  expectInteger,
  expectKnownOptions,
  expectOneOf,
  type Gate,
  type GateOps,
  type Identifier,
  type Named,
  type RoutingContext,
} from '@tfjs-moe/core';
import { type RouterOptions, routerOptions } from './biased-router.ts';
import { chosen, forWeighting, observedBy } from './passed-on.ts';
import { keptWeights, lastOutside, union } from './selection.ts';
import { sigmoid } from './sigmoid.ts';
import { softmax } from './softmax.ts';
import { topK, weightingOf } from './top-k.ts';

/** Options of `sinkhorn`: how many experts per token, what weighs them, and how the plan of training is made. */
export interface SinkhornOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** Number of experts per token, from 1 to the number of experts. Default 1. */
  readonly k?: number;
  /**
   * The gate that gives the weights: a gate, its config, or its kind. `router` and `useBias` are handed to it; give them
   * there instead where it is an object or has its own. Default `'sigmoid'` with k = 1, else `'softmax'`.
   */
  readonly weighting?: Identifier<Gate, Kind>;
  /** How often experts and tokens are evened out, in turn. Default 10. */
  readonly iterations?: number;
  /** Among which tokens training balances: those of the whole batch, or of each sequence. Default `'batch'`. */
  readonly per?: 'batch' | 'sequence';
}

/**
 * Sinkhorn gate, S-BASE: in training the $k$ best experts of every token in a plan that gives all experts the same mass; in
 * evaluation the $k$ best of the weights.
 *
 * The plan is $d_t\,e^{z_{te}}\,c_e$, with factors that make every token's sum the same and every expert's. The load of a
 * batch is then nearly even without a balance loss, and evaluation of a token does not look at the others. What a token
 * is weighed by are the weights, whatever selected it; the plan has no gradient. A fixed number of iterations stands in
 * for a tolerance, which would have to wait for the numbers of every iteration; 10 suffice where logits are a few units
 * apart, and with more the plan is more even.
 *
 * Source: Clark et al., "Unified Scaling Laws for Routed Language Models" (2022), section 3.1 and appendix B; the weights are
 * those of NVIDIA's Megatron-LM, `sinkhorn_load_balancing`.
 */
export const sinkhorn: (<const Kind extends string>(options?: SinkhornOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('sinkhorn', (options: SinkhornOptions = {}) => {
  const who = 'sinkhorn';
  expectKnownOptions(who, options, [...routerOptions, 'k', 'weighting', 'iterations', 'per']);
  const k = expectExperts(who, 'k', options.k ?? 1);
  const iterations = expectInteger(who, 'iterations', options.iterations ?? 10, { min: 1 });
  const per = expectOneOf(who, 'per', options.per ?? 'batch', ['batch', 'sequence']);
  const weighting = weightingOf(who, options, k === 1 ? sigmoid : softmax);
  const plain = topK({ k, weighting, renormalize: 'never' });
  return {
    ...(plain.router && { router: plain.router }),
    ...(plain.inputs && { inputs: plain.inputs }),
    ...(plain.update && { update: plain.update }),
    ...(plain.traits && { traits: plain.traits }),
    config: { k, weighting: weighting.config, iterations, per },
    readsBatch: weighting.readsBatch === 'always' ? 'always' : 'training',
    replays: true,
    expertsPerToken: plain.expertsPerToken,
    params: plain.params,
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
      if (!context.training) return plain.route(ops, x, p, context);
      const base = weighting.route(ops, x, p, forWeighting(context));
      const allowed = union(ops, base.choices);
      const choices = chosen(context, () => {
        const among = per === 'batch' ? ops : ops.inSequences();
        const even = balanced(ops, among, base.logits, iterations);
        return ops.topK(lastOutside(ops, allowed, even), k).map((choice) => ops.mul(choice, allowed));
      });
      const { logits, scores, probabilities } = base;
      const weights = keptWeights(ops, union(ops, choices), base, false);
      return { logits, scores, probabilities, choices, ...weights, ...observedBy(base) };
    },
  };
}) as never;

/**
 * Logarithms of the plan, up to a number per token. With shares of tokens in place of factors of experts: a softmax over the
 * tokens leaves out those of NaN and padding, and nothing overflows.
 */
function balanced<V>(ops: GateOps<V>, among: GateOps<V>, logits: V, iterations: number): V {
  let plan = ops.stopGradient(ops.sub(logits, ops.logSumExp(logits)));
  for (let i = 0; i < iterations; i++) {
    const ofExperts = among.softmaxTokens(plan);
    plan = ops.log(ops.div(ofExperts, ops.sumExperts(ofExperts)));
  }
  return plan;
}

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly sinkhorn: SinkhornOptions<Kind>;
  }
}
