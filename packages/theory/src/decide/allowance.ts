import { expectPositive } from '@tfjs-moe/core';
import { ballFunction, type Checkpoint, integerProduct, operations, type Ring } from '@tfjs-moe/numerics';

/** The allowance is spent. */
export class Spent extends Error {
  override readonly name = 'Spent';
}

const MILLION = 1e6;

/**
 * Elementary operations that work may take: exact expressions may swell and precision may have to rise, and nobody knows
 * beforehand by how much. Operations are counted, not milliseconds, so that a loaded machine gives the answer of an idle
 * one.
 */
export interface Allowance {
  /** Operations that may still be spent. */
  readonly left: number;
  /** Operations that were spent, parts of others included. */
  readonly spent: number;
  /** What ended it, in words, or would. */
  readonly limit: string;
  /** Spends some operations before they are done, or throws `Spent` where so many are not left. */
  readonly spend: Checkpoint;
  /** At most so many operations of those that are left, which are spent here too. */
  upTo(operations: number): Allowance;
}

/** What everybody may be given who decides something. */
export interface BudgetOptions {
  /**
   * Millions of elementary operations after which the examination ends with what it has; a million takes about a
   * millisecond. Default 10000.
   */
  readonly budget?: number;
  /**
   * Milliseconds of a clock on the wall after which it ends too, whatever was spent: what is found then depends on the
   * machine, and an answer that was cut says so. Default: none.
   */
  readonly timeLimit?: number;
}

const DEFAULT_BUDGET = 10_000;

/** An allowance of its own. */
export function allowanceOf(who: string, { budget = DEFAULT_BUDGET, timeLimit }: BudgetOptions): Allowance {
  const all = expectPositive(who, 'budget', budget) * MILLION;
  const until =
    timeLimit === undefined ? undefined : Date.now() + expectPositive(who, 'timeLimit', timeLimit);
  const byOperations = `the budget, now ${budget} million operations`;
  let spent = 0;
  let isLate = false;
  const within = (end: number): Allowance => ({
    get left() {
      return isLate ? 0 : Math.max(0, end - spent);
    },
    get spent() {
      return spent;
    },
    get limit() {
      return isLate ? `the time limit, now ${timeLimit} ms, by which this was cut` : byOperations;
    },
    spend(operations) {
      if (until !== undefined && Date.now() > until) isLate = true;
      if (isLate || spent + operations > end) {
        // What is refused was asked for: whoever asks for less afterwards must not get it.
        if (!isLate) spent = end;
        throw new Spent();
      }
      spent += operations;
    },
    upTo: (operations) => within(Math.min(end, spent + Math.max(0, operations))),
  });
  return within(all);
}

/** Elementary operations of a product and of a function in an arithmetic. */
export interface Price {
  readonly product: number;
  readonly function: number;
}

/** What the arithmetics cost, some of them at many points at once. */
export const prices = {
  float64: (points: number): Price => ({
    product: 2 * points + 50,
    function: operations.function * points + 100,
  }),
  doubles: (points: number): Price => ({
    product: operations.double * points + 100,
    function: operations.doubleFunction * points + 500,
  }),
  balls: (bits: number): Price => ({ product: integerProduct(bits), function: ballFunction(bits) }),
  residues: { product: operations.residue, function: operations.residueFunction } as Price,
  /** Formal expressions count the terms of their products themselves. */
  formal: { product: 0, function: operations.symbol } as Price,
};

/** The same ring, whose products and functions are paid for before they are computed. */
export function metered<S>(ring: Ring<S>, { spend }: Allowance, price: Price): Ring<S> {
  return {
    ...ring,
    dot(a, b) {
      spend(price.product * a.length);
      return ring.dot(a, b);
    },
    derivatives(name, a, order) {
      spend(price.function);
      return ring.derivatives(name, a, order);
    },
  };
}
