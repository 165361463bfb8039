import type { GateOps } from '@tfjs-moe/core';
import { type Grid, gridOps, type Jet, jets, type Order, type Ring } from '@tfjs-moe/numerics';

const GUARD = 1e-9;

/** Whether a constant of a definition is a guard and no part of the model. */
const isGuard = (value: number): boolean => Math.abs(value) <= GUARD;

/**
 * GateOps over jets as theory means a definition: without the guards that keep floating point finite.
 *
 * A cosine router adds $10^{-12}$ under its square roots and a normalised expert $\epsilon^2$, so that a zero input has a
 * gradient. Read exactly they would break invariances by $10^{-12}$ and turn a dependent family into one that is
 * independent in the twelfth digit. Constants of at most $10^{-9}$ are therefore 0 here.
 */
export function idealOps<S>(ring: Ring<S>, order: Order = 2): GateOps<Grid<Jet<S>>> {
  const ops = gridOps(jets(ring, order));
  return { ...ops, constant: (value) => ops.constant(isGuard(value) ? 0 : value) };
}
