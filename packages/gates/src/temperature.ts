import {
  defineGate,
  expectBoolean,
  expectKnownOptions,
  expectNumber,
  expectOneOf,
  expectPositive,
  type Gate,
  type GateForm,
  MoeError,
} from '@tfjs-moe/core';
import { biasedRouter, type RouterOptions, routerOptions } from './biased-router.ts';
import { dividedOver, selectAbove } from './selection.ts';

/** Options of `temperature`: the initial $\tau$, whether it is learned, noise, and a threshold. */
export interface TemperatureOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** Initial value of $\tau$, one parameter `temperature` for all experts. Default 1. */
  readonly temperature?: number;
  /** Whether training may change $\tau$; if not, a schedule may. Default true. */
  readonly learned?: boolean;
  /** Smallest $\tau$ that may be reached. Default 1e-3. */
  readonly minTemperature?: number;
  /** Noise on the logits while training; `'gumbel'` samples experts in proportion to their weights. Default `'none'`. */
  readonly noise?: 'gumbel' | 'none';
  /**
   * Experts whose weight is at most this are not selected and get weight 0. It must be below 1 / E, so that no token is
   * left without an expert. Default 0.
   */
  readonly threshold?: number;
  /** Whether the weights above the threshold are divided by their sum. Default false. */
  readonly renormalize?: boolean;
}

const own = ['temperature', 'learned', 'minTemperature', 'noise', 'threshold', 'renormalize'];

/**
 * Temperature gate (dense-to-sparse): every expert whose weight exceeds a threshold, with weight
 * $\mathrm{softmax}(z / \tau)_e$.
 *
 * A high temperature shares every token among all experts, a low one sends it to a single one; lowering $\tau$ while
 * training moves from the one to the other. $\tau$ is a parameter: learned, or moved by a schedule. With the linear
 * router only the ratio $z / \tau$ can be estimated; use `mlpRouter` where the parameters matter.
 *
 * Source: Nie et al., "EvoMoE: An Evolutional Mixture-of-Experts Training Framework via Dense-To-Sparse Gate" (2021);
 * Nguyen, Ho and Rinaldo, "Convergence Rates for Softmax Gating Mixture of Experts" (2025), equation (12)
 * and Theorems 3 and 4.
 */
export const temperature: (<const Kind extends string>(options?: TemperatureOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('temperature', (options: TemperatureOptions = {}) => {
  const who = 'temperature';
  expectKnownOptions(who, options, [...own, ...routerOptions]);
  const biased = biasedRouter(who, options);
  const minTemperature = expectPositive(who, 'minTemperature', options.minTemperature ?? 1e-3);
  const initial = expectNumber(who, 'temperature', options.temperature ?? 1, { min: minTemperature });
  const learned = expectBoolean(who, 'learned', options.learned ?? true);
  const noise = expectOneOf(who, 'noise', options.noise ?? 'none', ['gumbel', 'none']);
  const threshold = expectNumber(who, 'threshold', options.threshold ?? 0, { min: 0 });
  const renormalize = expectBoolean(who, 'renormalize', options.renormalize ?? false);

  function expertsPerToken(experts: number): number {
    if (threshold < 1 / experts) return experts;
    throw new MoeError(who, `threshold must be below 1 / the number of experts (${experts})`, threshold);
  }

  const dense: GateForm = { type: 'competitive', ...biased.form, temperature: 'temperature' };
  return {
    config: {
      ...biased.config,
      temperature: initial,
      learned,
      minTemperature,
      noise,
      threshold,
      renormalize,
    },
    router: biased.router,
    expertsPerToken,
    params(inputDim, experts) {
      expertsPerToken(experts);
      return {
        ...biased.params(inputDim, experts),
        temperature: {
          shape: [1],
          initializer: { kind: 'constant', value: initial },
          constraint: { min: minTemperature },
          shared: true,
          trainable: learned,
          copies: 1,
        },
      };
    },
    route(ops, x, p, { training }) {
      const plain = biased.logits(ops, x, p);
      const logits = ops.div(plain, p.temperature);
      const probabilities = ops.softmax(logits);
      const noisy = training && noise !== 'none';
      const scores = noisy ? ops.div(ops.add(plain, ops.noise(noise, plain)), p.temperature) : logits;
      const dense = noisy ? ops.softmax(scores) : probabilities;
      const selected = selectAbove(ops, dense, ops.constant(threshold));
      const weights = renormalize
        ? dividedOver(ops, selected, { weights: dense, logWeights: scores })
        : ops.mul(dense, selected);
      return { logits, scores, probabilities, choices: [selected], weights, logWeights: scores };
    },
    // Above a threshold which experts are selected depends on the weights of all.
    traits: threshold > 0 ? { sees: dense } : { form: dense },
  };
}) as never;

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly temperature: TemperatureOptions<Kind>;
  }
}
