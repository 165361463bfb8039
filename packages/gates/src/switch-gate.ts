import {
  type AnyParams,
  defineGate,
  expectKnownOptions,
  expectNumber,
  type Gate,
  type GateOps,
  type Named,
  type RoutingContext,
} from '@tfjs-moe/core';
import { biasedRouter, type RouterOptions, routerOptions } from './biased-router.ts';
import { chosen } from './passed-on.ts';
import { union } from './selection.ts';

/** Options of `switchGate`: the jitter of its inputs. */
export interface SwitchGateOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** $\epsilon$, from 0 (no jitter) to 1. Default 1e-2. */
  readonly jitter?: number;
}

/**
 * Switch gate: the one best expert of every token, with weight $p_e = \mathrm{softmax}(z)_e$.
 *
 * The cheapest sparse gate. The weight is the probability itself, so that the router gets a gradient; while training
 * the router sees its input times noise uniform on $(1 - \epsilon, 1 + \epsilon)$, drawn anew for every feature, so that
 * close decisions are not always taken the same way. Use it with a balance loss.
 *
 * Source: Fedus, Zoph and Shazeer, "Switch Transformers" (2021), section 2.1 and table 11 for the jitter.
 */
export const switchGate: (<const Kind extends string>(options?: SwitchGateOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('switchGate', (options: SwitchGateOptions = {}) => {
  expectKnownOptions('switchGate', options, [...routerOptions, 'jitter']);
  const { router, config, form, params, logits: logitsOf } = biasedRouter('switchGate', options);
  const jitter = expectNumber('switchGate', 'jitter', options.jitter ?? 1e-2, { min: 0, max: 1 });
  return {
    config: { ...config, jitter },
    router,
    params,
    replays: true,
    expertsPerToken: () => 1,
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
      const logits = logitsOf(ops, x, p);
      const probabilities = ops.softmax(logits);
      const noisy = context.training && jitter > 0;
      const scores = noisy ? logitsOf(ops, jittered(ops, x, jitter), p) : logits;
      const choices = chosen(context, () => ops.topK(scores, 1));
      const weights = ops.mul(noisy ? ops.softmax(scores) : probabilities, union(ops, choices));
      return { logits, scores, probabilities, choices, weights, logWeights: scores };
    },
    traits: {
      form: { type: 'competitive', ...form, selection: { k: 1, by: 'logits', renormalized: false } },
    },
  };
}) as never;

function jittered<V>(ops: GateOps<V>, x: V, jitter: number): V {
  const above = ops.mul(ops.constant(2 * jitter), ops.noise('uniform', x));
  return ops.mul(x, ops.add(ops.constant(1 - jitter), above));
}

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly switchGate: SwitchGateOptions<Kind>;
  }
}
