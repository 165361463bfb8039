/**
 * Selection: which experts get a token, as masks, and what then happens to their weights.
 */
import { expectInteger, expectOneOf, type GateOps, guard, type Routing } from '@tfjs-moe/core';

/** When the weights of the selected experts are divided by their sum. */
export type Renormalization = (typeof renormalizations)[number];

const renormalizations = ['beforeDrop', 'afterDrop', 'never'] as const;

/** Reads the option `renormalize`. */
export function expectRenormalization(who: string, value: unknown): Renormalization {
  return expectOneOf(who, 'renormalize', value, renormalizations);
}

/** Checks the option `k`, or another number of experts per token, once the number of experts is known. */
export function expectAtMost(who: string, k: number, experts: number, option = 'k'): number {
  return expectInteger(who, option, k, {
    min: 1,
    max: experts,
    maxName: `the number of experts (${experts})`,
  });
}

/** One mask that selects every expert for every token, those with NaN for a probability too. */
export function selectAll<V>(ops: GateOps<V>, probabilities: V): V[] {
  return [ops.sub(ops.constant(1), ops.greater(ops.constant(-1), probabilities))];
}

/** A mask of the experts whose weight, 0 or more, is above a threshold. NaN is not below one, and is selected. */
export function selectAbove<V>(ops: GateOps<V>, weights: V, threshold: V): V {
  const isNumber = ops.greater(weights, ops.constant(-1));
  return ops.add(ops.greater(weights, threshold), ops.sub(ops.constant(1), isNumber));
}

/**
 * For each token 1, or NaN where one of its numbers is NaN: the factor of weights that are made from other numbers than
 * those which selected, so that a NaN among the latter does not merely deselect. Infinities are numbers here.
 */
export function oneUnlessNaN<V>(ops: GateOps<V>, values: V): V {
  const bounded = ops.sumExperts(ops.activation('sigmoid', ops.stopGradient(values)));
  return ops.add(ops.constant(1), ops.mul(ops.constant(0), bounded));
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
    return ops.div(kept, ops.add(ops.sumExperts(kept), guard(ops, 1e-20)));
  }
  return ops.mul(selected, ops.softmax(lastOutside(ops, selected, logWeights)));
}

/**
 * Scores or logarithms that come last where a mask is 0: less nearly the largest number of float32, so that nothing makes
 * up for it.
 */
export function lastOutside<V>(ops: GateOps<V>, mask: V, values: V): V {
  return ops.add(values, ops.mul(ops.constant(3e38), ops.sub(mask, ops.constant(1))));
}

/** The weights of a weighting over their sum, among the experts that it selects itself. */
export function massesOf<V>(
  ops: GateOps<V>,
  allowed: V,
  { weights, unnormalized, logWeights }: Routing<V>,
): V {
  return dividedOver(ops, allowed, { weights: unnormalized ?? weights, logWeights });
}

/** What is left of the weights of a weighting among fewer experts than it selects. */
export function keptWeights<V>(
  ops: GateOps<V>,
  selected: V,
  base: Routing<V>,
  renormalize: boolean,
): Pick<Routing<V>, 'weights' | 'logWeights'> {
  const { logWeights } = base;
  return {
    weights: renormalize ? massesOf(ops, selected, base) : ops.mul(base.weights, selected),
    ...(logWeights !== undefined && { logWeights }),
  };
}
