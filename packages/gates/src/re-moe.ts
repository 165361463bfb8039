import {
  type AnyParams,
  defineGate,
  expectInteger,
  expectKnownOptions,
  expectNumber,
  expectPositive,
  type Gate,
  type GateOps,
  type Named,
  type RoutingContext,
} from '@tfjs-moe/core';
import { type RouterOptions, routerOptions } from './biased-router.ts';
import { tokensOf } from './nth-largest.ts';
import { pointwise } from './pointwise.ts';
import { expectAtMost } from './selection.ts';

/** Options of `reMoe`: how many experts a token is to have on average, and how the coefficient of the loss moves. */
export interface ReMoeOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** $k$, the number of experts that a token is to have on average. Default 2. */
  readonly k?: number;
  /** $\lambda_0$, where the coefficient starts. Default 1e-8. */
  readonly initialCoefficient?: number;
  /** $\alpha$, the factor by which it grows or shrinks in a step, above 1. Default 1.2. */
  readonly growth?: number;
}

const COEFFICIENT = 'coefficient';
const SENT = 'sent';
const TOKENS = 'tokens';

// Far below what a loss notices, and above what float32 rounds to 0, from where no factor leads back.
const SMALLEST = 1e-20;

/**
 * ReMoE: a token goes to the experts whose logit is positive, with weight $\mathrm{relu}(z_e)$, and a loss on these weights is
 * held so strong that it has $k$ of them on average, $\lambda \leftarrow \lambda\,\alpha^{\mathrm{sign}((1 - k/E) - S)}$
 * with $S$ the share of the weights that are 0.
 *
 * Routing is continuous: an expert comes and goes with weight 0, and nothing is selected without a gradient. Early in
 * training every token has about half of the experts; the coefficient grows until they are $k$, which costs time at first.
 * Use it with `sparsityLoss`, which takes the coefficient from the gate; without that loss nothing makes the routing sparse.
 * The coefficient is state, moved once per step of the optimiser.
 *
 * Source: Wang, Zhu and Chen, "ReMoE: Fully Differentiable Mixture-of-Experts with ReLU Routing" (2024), equations (6) to
 * (10).
 */
export const reMoe: (<const Kind extends string>(options?: ReMoeOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('reMoe', (options: ReMoeOptions = {}) => {
  const who = 'reMoe';
  expectKnownOptions(who, options, [...routerOptions, 'k', 'initialCoefficient', 'growth']);
  const { router, useBias } = options;
  const k = expectInteger(who, 'k', options.k ?? 2, { min: 1 });
  const initialCoefficient = expectPositive(who, 'initialCoefficient', options.initialCoefficient ?? 1e-8);
  const growth = expectNumber(who, 'growth', options.growth ?? 1.2, { min: 1 });
  const dense = pointwise({
    activation: 'relu',
    ...(router !== undefined && { router }),
    ...(useBias !== undefined && { useBias }),
  });
  const { kind: _kind, activation: _activation, normalize: _normalize, ...routed } = dense.config;
  return {
    config: { ...routed, k, initialCoefficient, growth },
    ...(dense.router && { router: dense.router }),
    expertsPerToken: (experts) => experts,
    params(inputDim, experts) {
      expectAtMost(who, k, experts);
      return {
        ...dense.params(inputDim, experts),
        // The same number for every expert, so that each group of a hierarchy has its own.
        [COEFFICIENT]: {
          shape: [1],
          initializer: { kind: 'constant', value: initialCoefficient },
          copies: experts,
          trainable: false,
          state: true,
        },
      };
    },
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
      const routing = dense.route(ops, x, p, context);
      if (!context.training) return routing;
      const isSent = ops.greater(routing.weights, ops.constant(0));
      return {
        ...routing,
        coefficient: ops.mul(ops.constant(1 / k), p[COEFFICIENT]!),
        observed: {
          [SENT]: ops.sumTokens(ops.sumExperts(isSent)),
          [TOKENS]: tokensOf(ops, routing.logits),
        },
      };
    },
    update<V>(ops: GateOps<V>, p: Named<AnyParams, V>, sums: Readonly<Record<string, V>>) {
      const wanted = ops.mul(ops.constant(k), sums[TOKENS]!);
      const sign = ops.sub(ops.greater(sums[SENT]!, wanted), ops.greater(wanted, sums[SENT]!));
      const factor = ops.exp(ops.mul(ops.constant(Math.log(growth)), sign));
      const smallest = ops.constant(SMALLEST);
      const next = ops.sub(ops.mul(p[COEFFICIENT]!, factor), smallest);
      return { [COEFFICIENT]: ops.add(smallest, ops.activation('relu', next)) };
    },
  };
}) as never;

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly reMoe: ReMoeOptions<Kind>;
  }
}
