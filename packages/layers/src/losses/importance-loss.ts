import { type BalanceLossFactory, expectKnownOptions, expectOneOf } from '@tfjs-moe/core';
import { defineBalanceLoss } from '../balance/define-balance-loss.ts';
import { squaredVariation, type Variance, variances } from './squared-variation.ts';

/** Options of `importanceLoss`: its weight. */
export interface ImportanceLossOptions {
  /** Coefficient in the training loss. Default 0.01. */
  readonly weight?: number;
  /** Divisor of the variance: E or E - 1. Default `population`. */
  readonly variance?: Variance;
  /** Whose importance: the combine weights or the full probabilities. Default `weights`. */
  readonly of?: 'weights' | 'probabilities';
}

/**
 * The importance loss, $\mathrm{CV}^2\!\left(\sum_t g_{te}\right)$: the squared variation of the gate weight that the
 * experts receive.
 *
 * `of: 'weights'` takes the sparse combine weights (Shazeer's code and its PyTorch ports), `of: 'probabilities'` the full
 * distribution (V-MoE, Tutel). Source: Shazeer et al. 2017, equations 6 and 7.
 */
export const importanceLoss: BalanceLossFactory<[options?: ImportanceLossOptions]> =
  /* @__PURE__ */ defineBalanceLoss('importanceLoss', (options: ImportanceLossOptions = {}) => {
    expectKnownOptions('importanceLoss', options, ['weight', 'variance', 'of']);
    const { weight = 0.01 } = options;
    const variance = expectOneOf('importanceLoss', 'variance', options.variance ?? 'population', variances);
    const of = expectOneOf('importanceLoss', 'of', options.of ?? 'weights', ['weights', 'probabilities']);
    return {
      config: { variance, of },
      weight,
      value: (ops, routing, { experts }) =>
        squaredVariation(ops, ops.sumTokens(routing[of]), experts, variance),
    };
  });

declare module '@tfjs-moe/core' {
  interface BalanceLossOptionsByKind<Kind extends string> {
    readonly importanceLoss: ImportanceLossOptions;
  }
}
