import type { Polynomial } from './monomials.ts';

/** What exponents are compared and combined with. */
export interface ExponentOps {
  add(a: Polynomial, b: Polynomial): Polynomial;
  sub(a: Polynomial, b: Polynomial): Polynomial;
  mul(a: Polynomial, b: Polynomial): Polynomial;
  reciprocal(a: Polynomial): Polynomial;
  negative(a: Polynomial): boolean;
  keyOf(a: Polynomial): string;
  /** $e^a$ as a new symbol. */
  fresh(a: Polynomial): Polynomial;
  /** $e^a$ as a new symbol whose square is known. */
  freshRoot(square: Polynomial): Polynomial;
}

/** Exponents that a new one is compared with. */
const MOST = 64;

/** $e^a$ and $e^{-a}$ */
interface Pair {
  readonly value: Polynomial;
  inverse(): Polynomial;
}

/**
 * Exponentials that know $e^{a+b} = e^a e^b$: an exponent that is a sum or a difference of two known ones, or half of one,
 * gets no symbol of its own.
 *
 * Not every sum is looked for, so two exponentials without a relation here may have one; those that are found are true.
 *
 * @returns $e^a$
 */
export function exponentials(ops: ExponentOps): (a: Polynomial) => Polynomial {
  const { add, sub, mul, keyOf } = ops;
  const minus = (a: Polynomial) => sub(new Map(), a);
  const known = new Map<string, Pair>();
  const exponents: Polynomial[] = [];

  /** Where a or -a is known. */
  function pairOf(a: Polynomial): Pair | undefined {
    const own = known.get(keyOf(a));
    if (own) return own;
    const opposite = known.get(keyOf(minus(a)));
    return opposite && { value: opposite.inverse(), inverse: () => opposite.value };
  }

  function combined(a: Polynomial): Pair | undefined {
    for (const exponent of exponents) {
      for (const b of [exponent, minus(exponent)]) {
        const [left, right] = [pairOf(b)!, pairOf(sub(a, b))];
        if (right)
          return { value: mul(left.value, right.value), inverse: () => mul(left.inverse(), right.inverse()) };
      }
    }
    const square = pairOf(add(a, a));
    if (square === undefined) return undefined;
    const value = ops.freshRoot(square.value);
    return { value, inverse: () => mul(value, square.inverse()) };
  }

  function fresh(a: Polynomial): Pair {
    const value = ops.fresh(a);
    return { value, inverse: () => ops.reciprocal(value) };
  }

  return (a) => {
    const isNegative = ops.negative(a);
    const size = isNegative ? minus(a) : a;
    const found = pairOf(size);
    const pair = found ?? combined(size) ?? fresh(size);
    if (found === undefined) {
      known.set(keyOf(size), pair);
      if (exponents.length < MOST) exponents.push(size);
    }
    return isNegative ? pair.inverse() : pair.value;
  };
}
