import type { Ops } from '@tfjs-moe/core';

/** What exceeds a positive limit, as a fraction of it, and 0 below: exactly 0 where nothing exceeds it. */
function excess<V>(ops: Ops<V>, z: V, limit: number): V {
  return ops.activation('relu', ops.sub(ops.mul(z, ops.constant(1 / limit)), ops.constant(1)));
}

/**
 * $\min(z, L)$ of a positive L, element by element, as $z / (1 + \max(z / L - 1, 0))$.
 *
 * The quotient is z itself, to the last bit, wherever nothing is clamped, and L up to rounding beyond; its gradient is 1
 * there and 0 up to rounding beyond. $L - \max(L - z, 0)$ would round every small z to the precision of L. So ReLU
 * suffices, which every interpretation has, with NaN that stays NaN.
 */
export function clampAbove<V>(ops: Ops<V>, z: V, limit: number): V {
  return ops.div(z, ops.add(ops.constant(1), excess(ops, z, limit)));
}

/** $\max(\min(z, L), -L)$ of a positive L: as `clampAbove`, on both sides. */
export function clampBoth<V>(ops: Ops<V>, z: V, limit: number): V {
  const beyond = ops.add(excess(ops, z, limit), excess(ops, ops.sub(ops.constant(0), z), limit));
  return ops.div(z, ops.add(ops.constant(1), beyond));
}
