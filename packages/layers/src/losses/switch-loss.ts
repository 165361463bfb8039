import { type BalanceLossFactory, expectKnownOptions, expectOneOf } from '@tfjs-moe/core';
import { defineBalanceLoss } from '../balance/define-balance-loss.ts';
import { selectedMask } from './selected.ts';

export const switchScalings = ['top1', 'sumOverK', 'meanOverK'] as const;

/** Options of `switchLoss`: its weight and its convention. */
export interface SwitchLossOptions {
  /** Coefficient in the training loss. Default 0.01. */
  readonly weight?: number;
  /** What counts as the load of an expert. Default `meanOverK`. */
  readonly scaling?: (typeof switchScalings)[number];
}

/**
 * The load-balancing loss of the Switch Transformer and GShard, $E \sum_e f_e \bar P_e$: the fraction of tokens that
 * expert e is sent, times its mean probability. The gradient flows through $\bar P$ alone.
 *
 * Libraries scale it in three ways for K > 1, and a coefficient is comparable only under the same one. `meanOverK` is 1
 * and `sumOverK` is K when the load is uniform; `top1` counts first choices only and is 1 when uniform.
 *
 * Source: Fedus, Zoph and Shazeer 2022, equations 4 to 6; Lepikhin et al. 2021. `sumOverK` is the scaling of Hugging Face
 * transformers, flaxformer and MaxText; `meanOverK` that of Megatron, MegaBlocks and KerasHub; `top1` that of GShard's
 * original, Tutel and DeepSpeed.
 */
export const switchLoss: BalanceLossFactory<[options?: SwitchLossOptions]> =
  /* @__PURE__ */ defineBalanceLoss('switchLoss', (options: SwitchLossOptions = {}) => {
    expectKnownOptions('switchLoss', options, ['weight', 'scaling']);
    const { weight = 0.01 } = options;
    const scaling = expectOneOf('switchLoss', 'scaling', options.scaling ?? 'meanOverK', switchScalings);
    return {
      config: { scaling },
      weight,
      value(ops, routing, { experts, expertsPerToken }) {
        const counted =
          scaling === 'top1'
            ? (ops.topK(routing.scores, 1)[0] as typeof routing.scores)
            : selectedMask(ops, routing);
        const load = ops.meanTokens(counted);
        const total = ops.sumExperts(ops.mul(load, ops.meanTokens(routing.probabilities)));
        return ops.mul(total, ops.constant(scaling === 'meanOverK' ? experts / expertsPerToken : experts));
      },
    };
  });

declare module '@tfjs-moe/core' {
  interface BalanceLossOptionsByKind<Kind extends string> {
    readonly switchLoss: SwitchLossOptions;
  }
}
