import {
  type AnyParams,
  defineGate,
  expectExperts,
  expectKnownOptions,
  expectOneOf,
  expectPositive,
  type Gate,
  type GateOps,
  type Identifier,
  MoeError,
  type Named,
  type Router,
  type RoutingContext,
} from '@tfjs-moe/core';
import { biasedRouter, type RouterOptions, routerOptions } from './biased-router.ts';
import { linearRouter } from './linear-router.ts';
import { chosen } from './passed-on.ts';
import {
  dividedOver,
  expectAtMost,
  expectRenormalization,
  type Renormalization,
  union,
} from './selection.ts';

/** Options of `noisyTopK`: how many experts per token, and which noise. */
export interface NoisyTopKOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** Number of experts per token, from 1 to the number of experts. Default 2. */
  readonly k?: number;
  /**
   * What scores the experts: a router, its config, or its kind. With zeros, noise alone decides at first.
   * Default `linearRouter({ kernelInitializer: 'zeros' })`.
   */
  readonly router?: Identifier<Router, Kind>;
  /** `'learned'`, or `{ stddev }` for $\sigma = \text{stddev} / E$. Default `'learned'`. */
  readonly noise?: 'learned' | { readonly stddev: number };
  /** Smallest learned $\sigma$. Default 1e-2. */
  readonly noiseEpsilon?: number;
  /**
   * What an expert has to beat: `'shazeer'`, the best noisy logit outside the selection if it is in, the worst inside if
   * it is out; `'vmoe'`, the worst inside for all. Default `'shazeer'`.
   */
  readonly loadThreshold?: 'shazeer' | 'vmoe';
  /** When the selected weights are divided by their sum; see `topK`. Default `'beforeDrop'`. */
  readonly renormalize?: Renormalization;
}

const own = ['k', 'noise', 'noiseEpsilon', 'loadThreshold', 'renormalize'];

/**
 * Noisy top-K gate: $S = \mathrm{TopK}(z + \sigma \odot \varepsilon, k)$, $\varepsilon \sim N(0, 1)$, and the softmax of
 * the noisy logits over $S$.
 *
 * Noise while training lets every expert be tried, and makes the probability of being selected smooth: `load`, the
 * quantity that Shazeer's load loss balances, $\Phi\bigl((z_e - t_e) / \sigma_e\bigr)$ with $t_e$ the noisy logit that
 * expert $e$ has to beat. Two published forms: a learned $\sigma = \mathrm{softplus}(x W_n) + \epsilon$, and V-MoE's
 * fixed one. As in `topK`, $k = 1$ never divides by the sum.
 *
 * Source: Shazeer et al., "Outrageously Large Neural Networks" (2017), equations (3) to (5) and appendix A; Riquelme et
 * al., "Scaling Vision with Sparse Mixture of Experts" (2021), with the load estimate of its published code.
 */
export const noisyTopK: (<const Kind extends string>(options?: NoisyTopKOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('noisyTopK', (options: NoisyTopKOptions = {}) => {
  const who = 'noisyTopK';
  expectKnownOptions(who, options, [...own, ...routerOptions]);
  const k = expectExperts(who, 'k', options.k ?? 2);
  const biased = biasedRouter(who, options, () => linearRouter({ kernelInitializer: 'zeros' }));
  const noise = expectNoise(options.noise ?? 'learned');
  const noiseEpsilon = expectPositive(who, 'noiseEpsilon', options.noiseEpsilon ?? 1e-2);
  const loadThreshold = expectOneOf(who, 'loadThreshold', options.loadThreshold ?? 'shazeer', [
    'shazeer',
    'vmoe',
  ]);
  const renormalize = expectRenormalization(who, options.renormalize ?? 'beforeDrop');
  const divides = k > 1 && renormalize !== 'never';

  return {
    config: { ...biased.config, k, noise, noiseEpsilon, loadThreshold, renormalize },
    router: biased.router,
    replays: true,
    expertsPerToken: (experts) => expectAtMost(who, k, experts),
    params(inputDim, experts) {
      expectAtMost(who, k, experts);
      const specs = biased.params(inputDim, experts);
      if (noise !== 'learned') return specs;
      return {
        ...specs,
        noise_kernel: { shape: [inputDim], initializer: { kind: 'zeros' }, copies: experts },
      };
    },
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
      const { experts, training } = context;
      const logits = biased.logits(ops, x, p);
      const sigma =
        noise === 'learned'
          ? learnedSigma(ops, x, p.noise_kernel!, noiseEpsilon)
          : ops.constant(noise.stddev / experts);
      const scores = training ? ops.add(logits, ops.mul(sigma, ops.noise('normal', logits))) : logits;
      const ranked = ops.topK(scores, Math.min(k + 1, experts));
      const choices = chosen(context, () => ranked.slice(0, k));
      const selected = union(ops, choices);
      const dense = ops.softmax(scores);
      return {
        logits,
        scores,
        probabilities: ops.softmax(logits),
        choices,
        weights: divides
          ? dividedOver(ops, selected, { weights: dense, logWeights: scores })
          : ops.mul(dense, selected),
        logWeights: scores,
        ...(training && { load: load(ops, { logits, scores, sigma, ranked }, k, loadThreshold) }),
        renormalizeAfterDrop: k > 1 && renormalize === 'afterDrop',
      };
    },
    traits: {
      form: { type: 'competitive', ...biased.form, selection: { k, by: 'logits', renormalized: divides } },
    },
  };
}) as never;

function learnedSigma<V>(ops: GateOps<V>, x: V, kernel: V, epsilon: number): V {
  return ops.add(ops.activation('softplus', ops.dot(x, kernel)), ops.constant(epsilon));
}

/** The probability that an expert is selected when its own noise is drawn again, the others' kept. */
function load<V>(
  ops: GateOps<V>,
  { logits, scores, sigma, ranked }: { logits: V; scores: V; sigma: V; ranked: readonly V[] },
  k: number,
  threshold: 'shazeer' | 'vmoe',
): V {
  const chanceAgainst = (rival: V) => {
    const score = ops.sumExperts(ops.mul(rival, scores));
    return ops.normalCdf(ops.div(ops.sub(logits, score), sigma));
  };
  const againstLastInside = chanceAgainst(ranked[k - 1]!);
  if (threshold === 'vmoe') return againstLastInside;
  const selected = union(ops, ranked.slice(0, k));
  const firstOutside = ranked[k];
  // With as many choices as experts there is nothing outside to beat.
  const inside = firstOutside === undefined ? selected : ops.mul(selected, chanceAgainst(firstOutside));
  return ops.add(inside, ops.mul(ops.sub(ops.constant(1), selected), againstLastInside));
}

function expectNoise(noise: unknown): 'learned' | { readonly stddev: number } {
  if (noise === 'learned') return noise;
  if (typeof noise !== 'object' || noise === null) {
    throw new MoeError('noisyTopK', "noise must be 'learned' or { stddev }", noise);
  }
  expectKnownOptions('noisyTopK noise', noise, ['stddev']);
  return { stddev: expectPositive('noisyTopK', 'noise.stddev', (noise as { stddev?: unknown }).stddev) };
}

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly noisyTopK: NoisyTopKOptions<Kind>;
  }
}
