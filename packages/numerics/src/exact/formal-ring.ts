import { MoeError } from '@tfjs-moe/core';
import { type Checkpoint, operations } from '../checkpoint.ts';
import { derivativesOver } from '../ring/derivatives-over.ts';
import type { Ring } from '../ring/ring.ts';
import { exponentials } from './exponents.ts';
import { addTerm, Monomials, type Polynomial } from './monomials.ts';
import {
  invertRational,
  mulRational,
  type Rational,
  rational,
  rationalOf,
  rationalText,
} from './rational.ts';

/** Polynomials in formal symbols, a ring in which an equation that holds is proved. */
export interface FormalRing extends Ring<Polynomial> {
  /** A new free variable, for an input. */
  variable(): Polynomial;
}

const ONE = rational(1n);
const MINUS_ONE = rational(-1n);
/** Steps within a ReLU that are told apart: each doubles its pieces. */
const MOST_STEPS = 2;

/**
 * A formal ring: polynomials with rational coefficients in the inputs and in symbols for transcendental values.
 *
 * $e^z$, $\Phi(z)$, $\varphi(z)$, $\log z$, the step $H(z)$, $1/z$ and $1/\sqrt z$ are symbols, one per polynomial z, that
 * obey true identities only: $e^{-z}e^z = 1$, $e^{a+b} = e^a e^b$ of exponents that are met, $\Phi(-z) = 1-\Phi(z)$, $\varphi(-z) = \varphi(z)$, $H(-z) = 1 - H(z)$,
 * $H^2 = H$, $z\cdot\frac1z = 1$, $z\,(1/\sqrt z)^2 = 1$, $\sqrt{z^2} = z\,(2H(z) - 1)$; a ReLU of what has steps in it
 * is one on either side of them; the activations are made of these. So a linear relation between
 * formal expressions is a proof that the functions satisfy it, where they are defined. The converse is false: functions
 * without a formal relation may satisfy one that needs another identity.
 *
 * Expressions swell with depth; `fieldRelations` finds the same relations without swelling, but proves nothing.
 *
 * A formal ring; expressions of different rings must not be mixed.
 *
 * @param checkpoint called often, also inside long products; whatever it throws ends the work
 */
export function formalRing(checkpoint?: Checkpoint): FormalRing {
  const monomials = new Monomials();
  const named = new Map<string, Polynomial>();
  /** Known inverses of polynomials, by the key of the polynomial with leading coefficient 1. */
  const inverses = new Map<string, Polynomial>();
  /** The step symbols, as monomials. */
  const steps: number[] = [];
  /** Squares that were made, whose roots are known, and those of them whose key is. */
  const squares: (readonly [square: Polynomial, root: Polynomial])[] = [];
  const roots = new Map<string, Polynomial>();

  const of = (monomial: number): Polynomial => new Map([[monomial, ONE]]);
  const number = (value: Rational): Polynomial =>
    value.numerator === 0n ? new Map() : new Map([[0, value]]);
  const constant = (value: number) => number(rationalOf(value));

  function add(a: Polynomial, b: Polynomial): Polynomial {
    const sum = new Map(a);
    for (const [monomial, coefficient] of b) addTerm(sum, monomial, coefficient);
    return sum;
  }

  function scale(a: Polynomial, factor: Rational): Polynomial {
    if (factor.numerator === 0n) return new Map();
    return new Map([...a].map(([monomial, coefficient]) => [monomial, mulRational(coefficient, factor)]));
  }

  function dot(a: readonly Polynomial[], b: readonly Polynomial[]): Polynomial {
    const sum = new Map<number, Rational>();
    a.forEach((left, k) => {
      for (const [u, c] of left) {
        checkpoint?.(operations.term * (1 + b[k]!.size));
        for (const [v, d] of b[k]!) monomials.accumulate(sum, u, v, mulRational(c, d));
      }
    });
    if (a.length === 1 && a[0] === b[0] && sum.size > 0) squares.push([sum, a[0]!]);
    return sum;
  }

  const sub = (a: Polynomial, b: Polynomial) => add(a, scale(b, MINUS_ONE));
  const mul = (a: Polynomial, b: Polynomial) => dot([a], [b]);

  /** The term that decides sign and rules: of largest degree, then of largest number. */
  function leading(a: Polynomial): [number, Rational] {
    let best: [number, Rational] | undefined;
    for (const term of a) {
      const before = best === undefined ? -1 : monomials.degree(best[0]);
      const degree = monomials.degree(term[0]);
      if (degree > before || (degree === before && term[0] > (best?.[0] ?? -1))) best = term;
    }
    if (best) return best;
    throw new MoeError('formalRing', 'zero has no leading term: an expression divides by it');
  }

  const negative = (a: Polynomial) => a.size > 0 && leading(a)[1].numerator < 0n;
  const keyOf = (a: Polynomial) =>
    [...a]
      .sort(([u], [v]) => u - v)
      .map(([monomial, coefficient]) => `${monomial}:${rationalText(coefficient)}`)
      .join(' ');

  /** The symbol that stands for f at a polynomial; `define` gives a new one its rule. */
  function symbol(f: string, a: Polynomial, define?: (fresh: number) => void): Polynomial {
    const key = `${f} ${keyOf(a)}`;
    const known = named.get(key);
    if (known) return known;
    checkpoint?.(operations.symbol);
    const fresh = monomials.symbol();
    define?.(fresh);
    const value = of(fresh);
    named.set(key, value);
    return value;
  }

  /** $s^n z = 1$ as a rule: $s^n \mathrm{lm}(z) = (1 - s^n (z - \mathrm{lt}(z))) / \mathrm{lc}(z)$. */
  function invert(fresh: number, power: number, z: Polynomial): void {
    const [monomial, coefficient] = leading(z);
    const inverse = invertRational(coefficient);
    const rest = new Map(z);
    rest.delete(monomial);
    // Nothing may be multiplied by the whole pattern before its rule is known: normal forms are remembered.
    let tail: Polynomial = rest;
    for (let n = 0; n < power; n++) tail = mul(tail, of(fresh));
    monomials.rewrite(fresh, power, monomial, scale(sub(number(ONE), tail), inverse));
  }

  function reciprocal(a: Polynomial): Polynomial {
    const [monomial, coefficient] = leading(a);
    const inverse = invertRational(coefficient);
    if (monomial === 0) return number(inverse);
    const monic = scale(a, inverse);
    const known = inverses.get(keyOf(monic)) ?? symbol('1/', monic, (fresh) => invert(fresh, 1, monic));
    return scale(known, inverse);
  }

  /** $\sqrt z = z\,r$ with $r = 1/\sqrt z$ the only new symbol. */
  function sqrt(a: Polynomial): Polynomial {
    if (a.size === 0) return a;
    const base = rootOf(a);
    if (base) return absolute(a, base);
    const r = symbol('1/sqrt', a, (fresh) => invert(fresh, 2, a));
    const root = mul(a, r);
    for (const [z, inverse] of [
      [root, r],
      [a, mul(r, r)],
    ] as const) {
      const [monomial, coefficient] = leading(z);
      if (monomial !== 0)
        inverses.set(keyOf(scale(z, invertRational(coefficient))), scale(inverse, coefficient));
    }
    return root;
  }

  /** What a polynomial was made as the square of, if it was. */
  function rootOf(a: Polynomial): Polynomial | undefined {
    for (const [square, root] of squares.splice(0)) roots.set(keyOf(square), root);
    const root = roots.get(keyOf(a));
    return root && leading(root)[0] !== 0 ? root : undefined;
  }

  /** $\sqrt{p^2} = p\,(2H(p) - 1)$, with its inverse. */
  function absolute(square: Polynomial, p: Polynomial): Polynomial {
    const sign = sub(scale(step(p), rational(2n)), number(ONE));
    const inverse = reciprocal(p);
    const root = mul(p, sign);
    for (const [z, ofZ] of [
      [root, mul(sign, inverse)],
      [square, mul(inverse, inverse)],
    ] as const) {
      const [, coefficient] = leading(z);
      inverses.set(keyOf(scale(z, invertRational(coefficient))), scale(ofZ, coefficient));
    }
    return root;
  }

  const combined = exponentials({
    add,
    sub,
    mul,
    reciprocal,
    negative,
    keyOf,
    fresh: (a) => symbol('exp', a),
    freshRoot(square) {
      const fresh = monomials.symbol();
      monomials.rewrite(fresh, 2, 0, square);
      return of(fresh);
    },
  });

  const exp = (a: Polynomial) => (a.size === 0 ? number(ONE) : combined(a));

  const absoluteInverse = (value: Rational) => {
    const inverse = invertRational(value);
    return inverse.numerator < 0n ? mulRational(inverse, MINUS_ONE) : inverse;
  };

  /** f at $|a|$, and $1 - f$ where a is thought of as negative. */
  function reflected(f: string, a: Polynomial, define?: (fresh: number) => void): Polynomial {
    if (!negative(a)) return symbol(f, a, define);
    return sub(number(ONE), symbol(f, scale(a, MINUS_ONE), define));
  }

  /** Of a polynomial whose leading coefficient is 1 or -1: H(cz) = H(z) for c > 0. */
  const step = (a: Polynomial) =>
    reflected('step', a.size === 0 ? a : scale(a, absoluteInverse(leading(a)[1])), (fresh) => {
      monomials.rewrite(fresh, 2, 0, of(fresh));
      steps.push(fresh);
    });

  /**
   * 1 where a ReLU of this is active, else 0; where steps are a part of it, on either side of them. On a side where it is
   * 0 throughout it has no derivative that could be multiplied with the wrong number.
   */
  function active(a: Polynomial): Polynomial {
    if (a.size === 0) return a;
    if (a.size === 1 && a.has(0)) return a.get(0)!.numerator > 0n ? number(ONE) : new Map();
    const inside = steps.filter((own) => [...a.keys()].some((m) => monomials.without(m, own) !== undefined));
    const [own] = inside;
    if (own === undefined || inside.length > MOST_STEPS) return step(a);
    const above = new Map<number, Rational>();
    const below = new Map<number, Rational>();
    for (const [monomial, coefficient] of a) {
      const rest = monomials.without(monomial, own);
      addTerm(above, rest ?? monomial, coefficient);
      if (rest === undefined) addTerm(below, monomial, coefficient);
    }
    const other = active(below);
    return add(other, mul(of(own), sub(active(above), other)));
  }

  const others = derivativesOver<Polynomial>({
    constant,
    add,
    sub,
    mul,
    reciprocal,
    sqrt,
    exp,
    log: (a) => (a.size === 1 && keyOf(a) === '0:1' ? new Map() : symbol('log', a)),
    normalDensity: (a) => symbol('density', negative(a) ? scale(a, MINUS_ONE) : a),
    normalCdf: (a) => (a.size === 0 ? constant(0.5) : reflected('cdf', a)),
    geluSlope: () => symbol('slope', new Map()),
    negative,
    positive: () => false,
  });

  return Object.freeze({
    variable: () => of(monomials.symbol()),
    constant,
    isZero: (a: Polynomial) => a.size === 0,
    add,
    sub,
    dot,
    derivatives(name: Parameters<typeof others>[0], a: Polynomial, order: Parameters<typeof others>[2]) {
      if (name !== 'relu' || a.size === 0) return others(name, a, order);
      const slope = active(a);
      return [mul(a, slope), slope, new Map() as Polynomial].slice(0, order + 1);
    },
    greater(): never {
      throw new MoeError(
        'formalRing',
        'formal expressions have no order: selections cannot be examined there',
      );
    },
  });
}
