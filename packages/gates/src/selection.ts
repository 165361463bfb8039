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
 * Divides by the sum over the experts. The constant, far below any sum that means something, leaves zeros where all
 * weights have underflowed; it is that of the sigmoid routers of Megatron and DeepSeek.
 */
export function overSum<V>(ops: GateOps<V>, weights: V): V {
  return ops.div(weights, ops.add(ops.sumExperts(weights), ops.constant(1e-20)));
}
