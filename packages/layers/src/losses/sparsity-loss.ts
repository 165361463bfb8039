import { type BalanceLossFactory, expectKnownOptions, MoeError } from '@tfjs-moe/core';
import { defineBalanceLoss } from '../balance/define-balance-loss.ts';
import { selectedMask } from './selected.ts';

/** Options of `sparsityLoss`: its weight. */
export interface SparsityLossOptions {
  /** Factor beside the coefficient of the gate, which moves it itself. Default 1. */
  readonly weight?: number;
}

/**
 * The sparsity loss of ReMoE, $\lambda \sum_e f_e \bar w_e$ with $f_e = \frac{E}{kT} \sum_t 1[w_{te} > 0]$: the weights that
 * experts give, and more so of experts with many tokens, times a coefficient that the gate moves until a token has $k$
 * experts on average.
 *
 * It makes routing sparse and balances it. Needs a gate that brings a coefficient (`reMoe`). The gradient flows through the
 * mean weights $\bar w_e$ alone.
 *
 * Source: Wang, Zhu and Chen, "ReMoE: Fully Differentiable Mixture-of-Experts with ReLU Routing" (2024), equations (8) to
 * (10).
 */
export const sparsityLoss: BalanceLossFactory<[options?: SparsityLossOptions]> =
  /* @__PURE__ */ defineBalanceLoss('sparsityLoss', (options: SparsityLossOptions = {}) => {
    expectKnownOptions('sparsityLoss', options, ['weight']);
    return {
      config: {},
      weight: options.weight ?? 1,
      value(ops, routing, { experts }) {
        const { coefficient, weights } = routing;
        if (coefficient === undefined) {
          throw new MoeError('sparsityLoss', 'the gate brings no coefficient; use reMoe');
        }
        const load = ops.mul(ops.constant(experts), ops.meanTokens(selectedMask(ops, routing)));
        const terms = ops.mul(load, ops.meanTokens(weights));
        return ops.sumExperts(ops.mul(ops.stopGradient(coefficient), terms));
      },
    };
  });

declare module '@tfjs-moe/core' {
  interface BalanceLossOptionsByKind<Kind extends string> {
    readonly sparsityLoss: SparsityLossOptions;
  }
}
