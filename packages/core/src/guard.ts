import type { Ops } from './ops.ts';

/**
 * A small number that keeps floating point finite and is no part of the model, such as the $10^{-12}$ under the root of a
 * norm, which gives a zero input a gradient: `ops.sqrt(ops.add(ops.dot(x, x), guard(ops, 1e-12)))`.
 *
 * Tensors, arrays and fits compute with it as with any constant. What is proved of a definition is proved without it:
 * theory reads it as 0 and says so in its notes, for read as it stands it would break invariances in the twelfth digit.
 * Every other constant, however small, is read as it stands.
 */
export function guard<V>(ops: Ops<V>, value: number): V {
  return ops.guard ? ops.guard(value) : ops.constant(value);
}
