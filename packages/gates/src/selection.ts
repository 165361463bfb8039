/**
 * Selection: which experts get a token, as masks, and what then happens to their weights.
 */
import { expectInteger, expectOneOf, type GateOps } from '@tfjs-moe/core';

/** When the weights of the selected experts are divided by their sum. */
export type Renormalization = (typeof renormalizations)[number];

const renormalizations = ['beforeDrop', 'afterDrop', 'never'] as const;

/** Reads the option `renormalize`. */
export function expectRenormalization(who: string, value: unknown): Renormalization {
  return expectOneOf(who, 'renormalize', value, renormalizations);
}

/** Checks the option `k` once the number of experts is known. */
export function expectAtMost(who: string, k: number, experts: number): number {
  return expectInteger(who, 'k', k, { min: 1, max: experts, maxName: `the number of experts (${experts})` });
}

/** One mask that selects every expert for every token. */
export function selectAll<V>(ops: GateOps<V>, probabilities: V): V[] {
  return [ops.greater(probabilities, ops.constant(-1))];
}

/** The union of disjoint masks. */
export function union<V>(ops: GateOps<V>, choices: readonly V[]): V {
  return choices.reduce((all, choice) => ops.add(all, choice));
}

/**
 * Weights divided by their sum over the selected experts, 0 elsewhere.
 *
 * From logarithms it is a softmax, exact however small the weights are. By division, a constant far below any sum that
 * means something leaves zeros where all weights have underflowed; it is that of Megatron's sigmoid routers.
 */
export function dividedOver<V>(
  ops: GateOps<V>,
  selected: V,
  { weights, logWeights }: { readonly weights: V; readonly logWeights?: V | undefined },
): V {
  if (logWeights === undefined) {
    const kept = ops.mul(weights, selected);
    return ops.div(kept, ops.add(ops.sumExperts(kept), ops.constant(1e-20)));
  }
  const outside = ops.mul(ops.constant(1e30), ops.sub(selected, ops.constant(1)));
  return ops.mul(selected, ops.softmax(ops.add(logWeights, outside)));
}
