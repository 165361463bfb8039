import {
  type ActivationIdentifier,
  defineExpert,
  type ExpertFactory,
  expectActivation,
  expectKnownOptions,
  expectSize,
  hiddenLayer,
  type Units,
} from '@tfjs-moe/core';
import { type AffineOptions, affine, affineOptions } from './affine.ts';

/** Options of `gatedFfn`: the width and the activation $\sigma$ of the gating factor. */
export interface GatedFfnOptions extends AffineOptions {
  /** Width of the hidden layer. */
  readonly hiddenUnits: number;
  /** The activation $\sigma$. Default `'silu'`. */
  readonly activation?: ActivationIdentifier;
  /** Whether the three affine maps have their $b$. Default false. */
  readonly useBias?: boolean;
}

/**
 * Gated feed-forward expert: $h(x) = \bigl(\sigma(x W_g) \odot x W_u\bigr) W_d$; with $\sigma$ = SiLU it is SwiGLU.
 *
 * The expert of Mixtral, DeepSeek and most recent language models: better than `ffn` at equal size, which is reached
 * with two thirds of its hidden units because there are three kernels instead of two.
 *
 * Source: Shazeer, "GLU Variants Improve Transformer" (2020), equation (6).
 */
export const gatedFfn: ExpertFactory<[options: GatedFfnOptions], GatedFfnParams> =
  /* @__PURE__ */ defineExpert('gatedFfn', (options: GatedFfnOptions) => {
    expectKnownOptions('gatedFfn', options, ['hiddenUnits', 'activation', ...affineOptions]);
    const hiddenUnits = expectSize('gatedFfn', 'hiddenUnits', options.hiddenUnits);
    const activation = expectActivation('gatedFfn', 'activation', options.activation ?? 'silu');
    const { config, kernel, bias, names } = affine('gatedFfn', options, false);
    return {
      config: { hiddenUnits, activation, ...config },
      params: (inputDim, units) => ({
        kernel_gate: kernel(inputDim, hiddenUnits),
        ...bias('bias_gate', hiddenUnits),
        kernel_up: kernel(inputDim, hiddenUnits),
        ...bias('bias_up', hiddenUnits),
        kernel_down: kernel(hiddenUnits, units),
        ...bias('bias_down', units),
      }),
      apply(ops, x, p) {
        const gate = ops.affine(x, p.kernel_gate, p.bias_gate, activation);
        const up = ops.affine(x, p.kernel_up, p.bias_up);
        return ops.affine(ops.mul(gate, up), p.kernel_down, p.bias_down);
      },
      traits: { linearIn: names('kernel_down', 'bias_down'), units: [gatedUnits()] },
    };

    /** Each factor's changes of sign and scale are made up for by the output weights. */
    function gatedUnits(): Units {
      const [gate, up] = [names('kernel_gate', 'bias_gate'), names('kernel_up', 'bias_up')];
      const factors = [
        hiddenLayer(activation, gate, ['kernel_down']),
        hiddenLayer('identity', up, ['kernel_down']),
      ];
      return {
        incoming: [...gate, ...up],
        outgoing: ['kernel_down'],
        signs: factors.flatMap(({ signs = [] }) => signs),
        scales: factors.flatMap(({ scales = [] }) => scales),
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
