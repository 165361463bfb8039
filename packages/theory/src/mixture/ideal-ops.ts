import type { GateOps } from '@tfjs-moe/core';
import { type Grid, gridOps, type Jet, jets, type Order, type Ring } from '@tfjs-moe/numerics';

/**
 * GateOps over jets as theory means a definition: without the guards that keep floating point finite.
 *
 * A cosine router adds $10^{-12}$ under its square roots and a normalised expert $\epsilon^2$, so that a zero input has a
 * gradient. Read as they stand they would break invariances by $10^{-12}$ and turn a dependent family into one that is
 * independent in the twelfth digit. So what a definition marks with `guard` is 0 here; every other constant is what it is.
 */
export function idealOps<S>(ring: Ring<S>, order: Order = 2): GateOps<Grid<Jet<S>>> {
  return withoutGuards(gridOps(jets(ring, order)));
}

/** The same operations, where what is marked with `guard` is 0. */
export function withoutGuards<V>(ops: GateOps<V>): GateOps<V> {
  return { ...ops, guard: () => ops.constant(0), within: (groups) => withoutGuards(ops.within(groups)) };
}
