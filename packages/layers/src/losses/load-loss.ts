import { type BalanceLossFactory, expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import { defineBalanceLoss } from '../balance/define-balance-loss.ts';
import { selectedMask } from './selected.ts';
import { squaredVariation, type Variance, variances } from './squared-variation.ts';

/** Options of `loadLoss`: its weight. */
export interface LoadLossOptions {
  /** Coefficient in the training loss. Default 0.01. */
  readonly weight?: number;
  /** Divisor of the variance: E or E - 1. Default `population`. */
  readonly variance?: Variance;
  /** The gate's smooth estimate, or the plain count. Default `estimate`. */
  readonly of?: 'estimate' | 'count';
}

/**
 * The load loss, $\mathrm{CV}^2\!\left(\sum_t P(e \text{ in the top } K)\right)$: the squared variation of the number of
 * tokens per expert, made smooth by the gate's noise.
 *
 * `of: 'estimate'` needs a gate with a load estimate (`noisyTopK`) and is the one that trains; `of: 'count'` counts what
 * was selected, has no gradient, and is there to compare with libraries that report it. Source: Shazeer et al. 2017,
 * appendix A.
 */
export const loadLoss: BalanceLossFactory<[options?: LoadLossOptions]> = /* @__PURE__ */ defineBalanceLoss(
  'loadLoss',
  (options: LoadLossOptions = {}) => {
    expectKnownOptions('loadLoss', options, ['weight', 'variance', 'of']);
    const { weight = 0.01 } = options;
    const variance = expectOneOf('loadLoss', 'variance', options.variance ?? 'population', variances);
    const of = expectOneOf('loadLoss', 'of', options.of ?? 'estimate', ['estimate', 'count']);
    return {
      config: { variance, of },
      weight,
      value(ops, routing, { experts }) {
        const load = of === 'count' ? selectedMask(ops, routing) : routing.load;
        if (load === undefined) {
          throw new MoeError(
            'loadLoss',
            "the gate has no load estimate; use noisyTopK, or { of: 'count' } for the plain count",
          );
        }
        return squaredVariation(ops, ops.sumTokens(load), experts, variance);
      },
    };
  },
);

declare module '@tfjs-moe/core' {
  interface BalanceLossOptionsByKind<Kind extends string> {
    readonly loadLoss: LoadLossOptions;
  }
}
