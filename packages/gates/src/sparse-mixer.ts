import {
  type AnyParams,
  defineGate,
  expectKnownOptions,
  expectNumber,
  type Gate,
  type GateOps,
  MoeError,
  type Named,
  type RoutingContext,
} from '@tfjs-moe/core';
import { biasedRouter, type RouterOptions, routerOptions } from './biased-router.ts';
import { lastOutside } from './selection.ts';

/** Options of `sparseMixer`: how close to the largest logit others must be to count. */
export interface SparseMixerOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** $\epsilon$, from 0 to 0.5: logits further than $2 \epsilon$ from the largest, relatively, take no part. Default 0.01. */
  readonly jitter?: number;
}

/**
 * SparseMixer gate: two experts, one after the other, each with the weight that it has in a softmax of its own.
 *
 * In each of two rounds, the second without the expert of the first, logits take part that are close to the largest,
 * $\dfrac{\max z - z_e}{\max(|z_e|, \max z)} \le 2 \epsilon$. Evaluation selects the largest, with its softmax among those;
 * as each round has a softmax of its own, the two weights of a token often sum to 2. Training draws the expert from that
 * softmax by Gumbel noise, multiplies the weight of one that is not the largest by 1/3 three times out of four, and
 * follows the gradient of the unmultiplied weight: an estimate of the gradient that the selection itself does not have,
 * by Heun's method.
 *
 * Source: Liu, Gao and Chen, "Sparse Backpropagation for MoE Training" (2023), and "GRIN: GRadient-INformed MoE" (2024);
 * the mask and the constants are those of the published code of Phi-3.5-MoE.
 */
export const sparseMixer: (<const Kind extends string>(options?: SparseMixerOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('sparseMixer', (options: SparseMixerOptions = {}) => {
  const who = 'sparseMixer';
  expectKnownOptions(who, options, [...routerOptions, 'jitter']);
  const { router, config, params, logits: logitsOf } = biasedRouter(who, options);
  const jitter = expectNumber(who, 'jitter', options.jitter ?? 0.01, { min: 0, max: 0.5 });

  function expertsPerToken(experts: number): number {
    if (experts >= 2) return 2;
    throw new MoeError(who, 'there must be at least two experts', experts);
  }

  return {
    config: { ...config, jitter },
    router,
    expertsPerToken,
    params(inputDim, experts) {
      expertsPerToken(experts);
      return params(inputDim, experts);
    },
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, { training }: RoutingContext) {
      const logits = logitsOf(ops, x, p);
      const first = drawn(ops, logits, ops.greater(logits, logits), jitter, training);
      const second = drawn(ops, logits, first.choice, jitter, training);
      return {
        logits,
        scores: logits,
        probabilities: ops.softmax(logits),
        choices: [first.choice, second.choice],
        weights: ops.add(first.weights, second.weights),
      };
    },
  };
}) as never;

/** One round: an expert that is not `taken`, and its weight. */
function drawn<V>(
  ops: GateOps<V>,
  logits: V,
  taken: V,
  jitter: number,
  training: boolean,
): { readonly choice: V; readonly weights: V } {
  const isOpen = ops.sub(ops.constant(1), taken);
  // A token of NaN has no largest, and may be given what is taken.
  const best = (scores: V) => ops.mul(isOpen, ops.topK(scores, 1)[0]!);
  const largest = best(lastOutside(ops, isOpen, logits));
  const max = ops.sumExperts(ops.mul(largest, logits));
  const size = ops.add(max, ops.activation('relu', ops.sub(absolute(ops, logits), max)));
  const isFar = ops.greater(ops.sub(max, logits), ops.mul(ops.constant(2 * jitter), size));
  const close = lastOutside(ops, ops.mul(isOpen, ops.sub(ops.constant(1), isFar)), logits);
  const weights = ops.softmax(close);
  if (!training) return { choice: largest, weights: ops.mul(largest, weights) };
  const choice = best(ops.add(close, ops.noise('gumbel', logits)));
  const isLargest = ops.sumExperts(ops.mul(choice, largest));
  const chance = ops.sumExperts(ops.mul(choice, ops.noise('uniform', logits)));
  const isWhole = ops.greater(ops.add(isLargest, chance), ops.constant(0.75));
  const factor = ops.div(ops.add(ops.constant(0.5), isWhole), ops.constant(1.5));
  const chosen = ops.mul(choice, weights);
  // The value with the factor, the gradient without it.
  const change = ops.stopGradient(ops.mul(ops.sub(factor, ops.constant(1)), chosen));
  return { choice, weights: ops.add(chosen, change) };
}

function absolute<V>(ops: GateOps<V>, a: V): V {
  return ops.add(ops.activation('relu', a), ops.activation('relu', ops.sub(ops.constant(0), a)));
}

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly sparseMixer: SparseMixerOptions<Kind>;
  }
}
