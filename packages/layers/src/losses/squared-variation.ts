import type { GateOps } from '@tfjs-moe/core';

/** Divisor of the variance: `population` E, `sample` E - 1. */
export const variances = ['population', 'sample'] as const;
export type Variance = (typeof variances)[number];

/**
 * The squared coefficient of variation over the experts, $\mathrm{CV}^2(v) = \mathrm{Var}(v) / (\bar v^2 + 10^{-10})$
 * (Shazeer et al. 2017), 0 for one expert.
 *
 * tensor2tensor and V-MoE divide the variance by E, the PyTorch ports by E - 1; the two differ by exactly E / (E - 1).
 */
export function squaredVariation<V>(ops: GateOps<V>, perExpert: V, experts: number, variance: Variance): V {
  if (experts === 1) return ops.mul(ops.sumExperts(perExpert), ops.constant(0));
  const mean = ops.div(ops.sumExperts(perExpert), ops.constant(experts));
  const deviation = ops.sub(perExpert, mean);
  const divisor = variance === 'sample' ? experts - 1 : experts;
  const spread = ops.div(ops.sumExperts(ops.mul(deviation, deviation)), ops.constant(divisor));
  return ops.div(spread, ops.add(ops.mul(mean, mean), ops.constant(1e-10)));
}
