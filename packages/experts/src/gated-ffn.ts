import {
  type ActivationIdentifier,
  defineExpert,
  type ExpertFactory,
  expectActivation,
  expectKnownOptions,
  expectNumber,
  expectPositive,
  expectSize,
  hiddenLayer,
  type Ops,
  type Units,
} from '@tfjs-moe/core';
import { type AffineOptions, affine, affineOptions } from './affine.ts';
import { clampAbove, clampBoth } from './clamp.ts';

/** Options of `gatedFfn`: the width, the activation $\sigma$ of the gating factor, and what both factors go through. */
export interface GatedFfnOptions extends AffineOptions {
  /** Width of the hidden layer. */
  readonly hiddenUnits: number;
  /** The activation $\sigma$. Default `'silu'`. */
  readonly activation?: ActivationIdentifier;
  /** Whether the three affine maps have their $b$. Default false. */
  readonly useBias?: boolean;
  /** L: $x W_g$ is kept below it, $x W_u$ between -L and L, before anything else. Default none; null is none too. */
  readonly limit?: number | null;
  /** $\alpha$ of $\sigma_\alpha(z) = \sigma(\alpha z) / \alpha$; of SiLU, $z \operatorname{sigmoid}(\alpha z)$. Default 1. */
  readonly alpha?: number;
  /** $\beta$, added to $x W_u$. Default 0. */
  readonly upOffset?: number;
}

/**
 * Gated feed-forward expert: $h(x) = \bigl(\sigma(x W_g) \odot x W_u\bigr) W_d$; with $\sigma$ = SiLU it is SwiGLU.
 *
 * The expert of Mixtral, DeepSeek and most recent language models: better than `ffn` at equal size, which is reached
 * with two thirds of its hidden units because there are three kernels instead of two.
 *
 * With all options, $h(x) = \bigl(\sigma_\alpha(\min(g, L)) \odot (\operatorname{clip}(u, -L, L) + \beta)\bigr) W_d + b_d$
 * of $g = x W_g + b_g$ and $u = x W_u + b_u$. DeepSeek-V4 has `limit: 10`; gpt-oss has
 * `limit: 7, alpha: 1.702, upOffset: 1, useBias: true`. The limits keep rare large activations from taking over the sum,
 * which matters in low precision.
 *
 * Source: Shazeer, "GLU Variants Improve Transformer" (2020), equation (6); OpenAI, "gpt-oss-120b & gpt-oss-20b Model
 * Card" (2025), section 2.
 */
export const gatedFfn: ExpertFactory<[options: GatedFfnOptions], GatedFfnParams> =
  /* @__PURE__ */ defineExpert('gatedFfn', (options: GatedFfnOptions) => {
    const who = 'gatedFfn';
    const later = ['limit', 'alpha', 'upOffset'];
    expectKnownOptions(who, options, ['hiddenUnits', 'activation', ...later, ...affineOptions], {
      nullable: ['limit'],
    });
    const hiddenUnits = expectSize(who, 'hiddenUnits', options.hiddenUnits);
    const activation = expectActivation(who, 'activation', options.activation ?? 'silu');
    const limit = options.limit == null ? null : expectPositive(who, 'limit', options.limit);
    const alpha = expectPositive(who, 'alpha', options.alpha ?? 1);
    const upOffset = expectNumber(who, 'upOffset', options.upOffset ?? 0);
    const { config, kernel, bias, names } = affine(who, options, false);
    return {
      config: { hiddenUnits, activation, limit, alpha, upOffset, ...config },
      // Whoever writes one of them writes all.
      laterOptions: later.some((name) => name in options) ? [] : later,
      params: (inputDim, units) => ({
        kernel_gate: kernel(inputDim, hiddenUnits),
        ...bias('bias_gate', hiddenUnits),
        kernel_up: kernel(inputDim, hiddenUnits),
        ...bias('bias_up', hiddenUnits),
        kernel_down: kernel(hiddenUnits, units),
        ...bias('bias_down', units),
      }),
      apply(ops, x, p) {
        const isPlain = limit === null && alpha === 1;
        const gate = ops.affine(x, p.kernel_gate, p.bias_gate, isPlain ? activation : undefined);
        const up = ops.affine(x, p.kernel_up, p.bias_up);
        const hidden = ops.mul(isPlain ? gate : activated(ops, gate), shifted(ops, up));
        return ops.affine(hidden, p.kernel_down, p.bias_down);
      },
      traits: { linearIn: names('kernel_down', 'bias_down'), units: [gatedUnits()] },
    };

    function activated<V>(ops: Ops<V>, gate: V): V {
      const z = limit === null ? gate : clampAbove(ops, gate, limit);
      if (alpha === 1) return ops.activation(activation, z);
      return ops.div(ops.activation(activation, ops.mul(z, ops.constant(alpha))), ops.constant(alpha));
    }

    function shifted<V>(ops: Ops<V>, up: V): V {
      const z = limit === null ? up : clampBoth(ops, up, limit);
      return upOffset === 0 ? z : ops.add(z, ops.constant(upOffset));
    }

    /** Each factor's changes of sign and scale are made up for by the output weights, where limits and offset let them. */
    function gatedUnits(): Units {
      const [gate, up] = [names('kernel_gate', 'bias_gate'), names('kernel_up', 'bias_up')];
      const ofGate = limit === null ? hiddenLayer(activation, gate, ['kernel_down']) : undefined;
      const ofUp = upOffset === 0 ? hiddenLayer('identity', up, ['kernel_down']) : undefined;
      const scaled = limit === null ? [ofGate, ofUp] : [];
      return {
        incoming: [...gate, ...up],
        outgoing: ['kernel_down'],
        signs: [ofGate, ofUp].flatMap((factor) => factor?.signs ?? []),
        scales: scaled.flatMap((factor) => factor?.scales ?? []),
      };
    }
  });

interface GatedFfnParams {
  kernel_gate: unknown;
  bias_gate?: unknown;
  kernel_up: unknown;
  bias_up?: unknown;
  kernel_down: unknown;
  bias_down?: unknown;
}

declare module '@tfjs-moe/core' {
  interface ExpertOptionsByKind<Kind extends string> {
    readonly gatedFfn: GatedFfnOptions;
  }
}
