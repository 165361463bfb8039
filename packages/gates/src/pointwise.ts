import {
  type AnyParams,
  defineGate,
  expectBoolean,
  expectKnownOptions,
  expectOneOf,
  type Gate,
  type GateOps,
  type Named,
} from '@tfjs-moe/core';
import { biasedRouter, type RouterOptions, routerOptions } from './biased-router.ts';
import { selectAbove, selectAll } from './selection.ts';

/** Options of `pointwise`: which function of its own logit an expert's weight is. */
export interface PointwiseOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /**
   * $\varphi$, which is never negative: `'relu'`, `'softplus'`, or `'sqrtSoftplus'`, $\sqrt{\log(1 + e^z)}$. For the
   * sigmoid there is the gate `sigmoid`. Default `'sqrtSoftplus'`.
   */
  readonly activation?: 'relu' | 'softplus' | 'sqrtSoftplus';
  /**
   * Whether the weights are divided by their sum: over all experts, or over the selected ones where the gate is the
   * weighting of `topK` with k above 1. Default false.
   */
  readonly normalize?: boolean;
}

/**
 * Pointwise gate: every expert, with weight $\varphi(z_e)$, a function of its own logit alone.
 *
 * Experts do not compete. With `sqrtSoftplus` under `topK` it is the weighting of DeepSeek-V4, whose weights go on growing
 * where those of `sigmoid` are full; with `relu` it is the gate of ReMoE, in which a token goes to the experts whose logit
 * is positive, few or many or none. The probabilities for balance losses are the weights over their sum, and even where
 * all weights are 0.
 *
 * Source: DeepSeek-AI, "DeepSeek-V4" (2026), whose published code has the formula; Wang, Zhu and Chen, "ReMoE: Fully
 * Differentiable Mixture-of-Experts with ReLU Routing" (2024), equation (6).
 */
export const pointwise: (<const Kind extends string>(options?: PointwiseOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('pointwise', (options: PointwiseOptions = {}) => {
  expectKnownOptions('pointwise', options, [...routerOptions, 'activation', 'normalize']);
  const { router, config, params, logits: logitsOf } = biasedRouter('pointwise', options);
  const activation = expectOneOf('pointwise', 'activation', options.activation ?? 'sqrtSoftplus', [
    'relu',
    'softplus',
    'sqrtSoftplus',
  ]);
  const normalize = expectBoolean('pointwise', 'normalize', options.normalize ?? false);
  return {
    config: { ...config, activation, normalize },
    router,
    params,
    expertsPerToken: (experts) => experts,
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>) {
      const logits = logitsOf(ops, x, p);
      const { activations, logWeights, probabilities } = weighed(ops, logits, activation);
      const isSparse = logWeights === undefined;
      const choices = isSparse
        ? [selectAbove(ops, activations, ops.constant(0))]
        : selectAll(ops, probabilities);
      return {
        logits,
        scores: logits,
        probabilities,
        choices,
        // Even probabilities of a token without an expert are no weights.
        weights: !normalize ? activations : isSparse ? ops.mul(choices[0]!, probabilities) : probabilities,
        ...(normalize && { unnormalized: activations }),
        ...(!isSparse && { logWeights }),
        selectsAll: !isSparse,
      };
    },
  };
}) as never;

interface Weighed<V> {
  readonly activations: V;
  readonly probabilities: V;
  /** Absent where weights are 0. */
  readonly logWeights?: V;
}

function weighed<V>(
  ops: GateOps<V>,
  logits: V,
  activation: NonNullable<PointwiseOptions['activation']>,
): Weighed<V> {
  if (activation === 'relu') {
    const activations = ops.activation('relu', logits);
    // 1 for a token of zeros, and for one with a NaN, which stays NaN.
    const isNone = ops.sub(ops.constant(1), ops.greater(ops.sumExperts(activations), ops.constant(0)));
    const masses = ops.add(activations, isNone);
    return { activations, probabilities: ops.div(masses, ops.sumExperts(masses)) };
  }
  const power = activation === 'sqrtSoftplus' ? 0.5 : 1;
  const logWeights = ops.mul(ops.constant(power), logSoftplus(ops, logits));
  const probabilities = ops.softmax(logWeights);
  // Not the root of a softplus, whose gradient is NaN where it underflows.
  const activations = power === 1 ? ops.activation('softplus', logits) : ops.exp(logWeights);
  return { activations, probabilities, logWeights };
}

/** $\log \log(1 + e^z)$, which is $z$ where the softplus would underflow. */
function logSoftplus<V>(ops: GateOps<V>, z: V): V {
  const isLow = ops.greater(ops.constant(-30), z);
  return ops.add(ops.log(ops.add(ops.activation('softplus', z), isLow)), ops.mul(isLow, z));
}

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly pointwise: PointwiseOptions<Kind>;
  }
}
