import { type BalanceLossFactory, expectKnownOptions } from '@tfjs-moe/core';
import { defineBalanceLoss } from '../balance/define-balance-loss.ts';

/** Options of `zLoss`: its weight. */
export interface ZLossOptions {
  /** Coefficient in the training loss. Default 0.001. */
  readonly weight?: number;
}

/**
 * The router z-loss, $\frac1T \sum_t \left(\log \sum_e e^{z_{te}}\right)^2$: keeps logits small, hence the softmax exact in
 * low precision. Padding is left out of sum and mean.
 *
 * Use it when logits grow; it does not balance the load by itself. Source: Zoph et al. 2022 (ST-MoE), equation 5.
 */
export const zLoss: BalanceLossFactory<[options?: ZLossOptions]> = /* @__PURE__ */ defineBalanceLoss(
  'zLoss',
  (options: ZLossOptions = {}) => {
    expectKnownOptions('zLoss', options, ['weight']);
    return {
      config: {},
      weight: options.weight ?? 0.001,
      value(ops, { logits }) {
        const size = ops.logSumExp(logits);
        return ops.meanTokens(ops.mul(size, size));
      },
    };
  },
);

declare module '@tfjs-moe/core' {
  interface BalanceLossOptionsByKind<Kind extends string> {
    readonly zLoss: ZLossOptions;
  }
}
