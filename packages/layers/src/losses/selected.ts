import type { GateOps, Routing } from '@tfjs-moe/core';

/**
 * The 0/1 mask of all selected experts of a routing: the sum of its choices.
 */
export function selectedMask<V>(ops: GateOps<V>, { choices }: Pick<Routing<V>, 'choices'>): V {
  return choices.reduce((sum, choice) => ops.add(sum, choice));
}
