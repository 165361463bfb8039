import type { Elementary } from '../activations/elementary.ts';

/** How many derivatives are carried along. */
export type Order = 0 | 1 | 2;

/**
 * Ring: the numbers of one interpretation, with what a derivative asks of them.
 *
 * Float64 columns, double-double numbers, balls, prime fields and formal expressions all have these few operations.
 * Whoever brings a ring gets derivatives (`jets`) and with them every router, gate and expert (`gridOps`).
 */
export interface Ring<S> {
  /** A float64 number, exactly. */
  constant(value: number): S;
  /** Whether a number is known to be zero, so that products with it can be left out. */
  isZero(a: S): boolean;
  add(a: S, b: S): S;
  sub(a: S, b: S): S;
  /** $\sum_k a_k b_k$ of lists of equal length, at least 1: the one product, so that a ring may round once. */
  dot(a: readonly S[], b: readonly S[]): S;
  /** $f(a), f'(a), \dots$ up to a given order. */
  derivatives(name: Elementary, a: S, order: Order): readonly S[];
  /** 1 where $a > b$, else 0; an error where that cannot be decided. */
  greater(a: S, b: S): S;
  /**
   * A number near the largest of a list, which a softmax subtracts so that no exponential overflows; nothing where
   * exponentials do not overflow.
   */
  shift?(of: readonly S[]): S;
}
