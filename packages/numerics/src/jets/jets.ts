import type { Elementary } from '../activations/elementary.ts';
import type { Order, Ring } from '../ring/ring.ts';
import { constantJet, type Jet, packed, packedSize } from './jet.ts';

/** Numbers that a definition can be evaluated with. */
export interface Algebra<J> {
  constant(value: number): J;
  add(a: J, b: J): J;
  sub(a: J, b: J): J;
  dot(a: readonly J[], b: readonly J[]): J;
  apply(name: Elementary, a: J): J;
  /** 1 where $a > b$, else 0, without derivatives. */
  greater(a: J, b: J): J;
  /** What a softmax subtracts, without derivatives; nothing where it need not. */
  shift(of: readonly J[]): J | undefined;
  /** The same number without derivatives. */
  stop(a: J): J;
}

/**
 * Arithmetic of jets over any ring: forward-mode differentiation to first or second order.
 *
 * $(ab)_{ij} = a_{ij}b + a_i b_j + a_j b_i + a b_{ij}$ and
 * $f(a)_{ij} = f'(a)\,a_{ij} + f''(a)\,a_i a_j$; the products of a whole contraction $\sum_k a_k b_k$ are collected per
 * entry first, so that each entry is one `dot` of the ring: one pass over an array, or one rounding.
 *
 * No finite differences anywhere: derivatives are exact up to the ring's own rounding, if it rounds.
 *
 * Jets over a ring; order 0 carries values alone.
 */
export function jets<S>(ring: Ring<S>, order: Order = 2): Algebra<Jet<S>> {
  const zero = ring.constant(0);

  /** $a + b$ or $a - b$. */
  function linear(a: Jet<S>, b: Jet<S>, of: (u: S, v: S) => S): Jet<S> {
    const value = of(a.value, b.value);
    if (order === 0) return constantJet(value);
    const entry = (u: S, v: S) => (ring.isZero(u) && ring.isZero(v) ? zero : of(u, v));
    const support = union([a, b]);
    const [left, right] = [placed(a, support), placed(b, support)];
    return {
      value,
      support,
      gradient: support.map((_, i) => entry(left.gradient[i] ?? zero, right.gradient[i] ?? zero)),
      hessian: Array.from({ length: order === 2 ? packedSize(support.length) : 0 }, (_, k) =>
        entry(left.hessian[k] ?? zero, right.hessian[k] ?? zero),
      ),
    };
  }

  /** Derivatives moved to their places in a larger support. */
  function placed({ support: own, gradient, hessian }: Jet<S>, support: readonly number[]) {
    if (own.length === support.length) return { gradient, hessian };
    const at = positions(own, support);
    const moved = { gradient: [] as S[], hessian: [] as S[] };
    at.forEach((i, u) => {
      moved.gradient[i] = gradient[u]!;
      if (order === 2) for (let v = 0; v <= u; v++) moved.hessian[packed(i, at[v]!)] = hessian[packed(u, v)]!;
    });
    return moved;
  }

  function dot(a: readonly Jet<S>[], b: readonly Jet<S>[]): Jet<S> {
    const value = ring.dot(a.map(numberOf), b.map(numberOf));
    if (order === 0) return constantJet(value);
    const support = union([...a, ...b]);
    const gradient = new Products(ring, support.length);
    const hessian = new Products(ring, order === 2 ? packedSize(support.length) : 0);
    a.forEach((u, k) => {
      const v = b[k]!;
      const atU = positions(u.support, support);
      const atV = positions(v.support, support);
      for (const [one, at, other] of [
        [u, atU, v],
        [v, atV, u],
      ] as const) {
        if (ring.isZero(other.value)) continue;
        one.gradient.forEach((first, i) => {
          gradient.add(at[i]!, first, other.value);
        });
        if (order < 2) continue;
        for (let i = 0; i < at.length; i++) {
          for (let j = 0; j <= i; j++) {
            hessian.add(packed(at[i]!, at[j]!), one.hessian[packed(i, j)]!, other.value);
          }
        }
      }
      if (order < 2) return;
      u.gradient.forEach((first, i) => {
        v.gradient.forEach((second, j) => {
          const [row, column] = [atU[i]!, atV[j]!];
          hessian.add(packed(row, column), first, second);
          if (row === column) hessian.add(packed(row, column), first, second);
        });
      });
    });
    return { value, support, gradient: gradient.sums(), hessian: hessian.sums() };
  }

  function apply(name: Elementary, a: Jet<S>): Jet<S> {
    if (name === 'identity') return a;
    const needed = a.support.length === 0 ? 0 : order;
    if (needed === 0) return constantJet(ring.derivatives(name, a.value, 0)[0]!);
    const [value, first = zero, second = zero] = ring.derivatives(name, a.value, needed) as [S, S?, S?];
    const { support, gradient } = a;
    const hessian = new Products(ring, order === 2 ? packedSize(support.length) : 0);
    if (order === 2) {
      gradient.forEach((gradientI, i) => {
        const curved = product(second, gradientI);
        for (let j = 0; j <= i; j++) {
          hessian.add(packed(i, j), first, a.hessian[packed(i, j)]!);
          hessian.add(packed(i, j), curved, gradient[j]!);
        }
      });
    }
    return { value, support, gradient: gradient.map((g) => product(first, g)), hessian: hessian.sums() };
  }

  const product = (a: S, b: S) => (ring.isZero(a) || ring.isZero(b) ? zero : ring.dot([a], [b]));

  return Object.freeze({
    constant: (number: number) => constantJet(ring.constant(number)),
    add: (a: Jet<S>, b: Jet<S>) => linear(a, b, ring.add),
    sub: (a: Jet<S>, b: Jet<S>) => linear(a, b, ring.sub),
    dot,
    apply,
    greater: (a: Jet<S>, b: Jet<S>) => constantJet(ring.greater(a.value, b.value)),
    shift: (of: readonly Jet<S>[]) => ring.shift && constantJet(ring.shift(of.map(numberOf))),
    stop: (a: Jet<S>) => constantJet(a.value),
  });
}

/** Sums of products in the making, one per entry; products with a zero are left out. */
class Products<S> {
  private readonly ring: Ring<S>;
  private readonly left: (S[] | undefined)[];
  private readonly right: S[][] = [];

  constructor(ring: Ring<S>, entries: number) {
    this.ring = ring;
    this.left = new Array(entries).fill(undefined);
  }

  add(entry: number, a: S, b: S): void {
    if (this.ring.isZero(a) || this.ring.isZero(b)) return;
    const list = this.left[entry];
    if (list === undefined) {
      this.left[entry] = [a];
      this.right[entry] = [b];
      return;
    }
    list.push(a);
    this.right[entry]!.push(b);
  }

  sums(): S[] {
    const zero = this.ring.constant(0);
    return this.left.map((list, entry) => (list ? this.ring.dot(list, this.right[entry]!) : zero));
  }
}

function numberOf<S>(jet: Jet<S>): S {
  return jet.value;
}

/** The supports of some jets together; one that holds all others is returned as it is. */
function union<S>(of: readonly Jet<S>[]): readonly number[] {
  let all: readonly number[] = [];
  for (const { support } of of) {
    if (support === all || support.length === 0) continue;
    if (all.length === 0) all = support;
    else {
      const known = new Set(all);
      const fresh = support.filter((index) => !known.has(index));
      if (fresh.length > 0) all = [...all, ...fresh].sort((i, j) => i - j);
    }
  }
  return all;
}

/** Where the members of a support are in a larger one. */
function positions(own: readonly number[], support: readonly number[]): number[] {
  const at: number[] = [];
  let next = 0;
  for (const index of own) {
    while (next < support.length && support[next] !== index) next++;
    at.push(next);
  }
  return at;
}
