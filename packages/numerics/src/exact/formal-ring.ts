import { MoeError } from '@tfjs-moe/core';
import { type Checkpoint, operations } from '../checkpoint.ts';
import { derivativesOver } from '../ring/derivatives-over.ts';
import type { Ring } from '../ring/ring.ts';
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

/**
 * A formal ring: polynomials with rational coefficients in the inputs and in symbols for transcendental values.
 *
 * $e^z$, $\Phi(z)$, $\varphi(z)$, $\log z$, the step $H(z)$, $1/z$ and $1/\sqrt z$ are symbols, one per polynomial z, that
 * obey true identities only: $e^{-z}e^z = 1$, $\Phi(-z) = 1-\Phi(z)$, $\varphi(-z) = \varphi(z)$, $H(-z) = 1 - H(z)$,
 * $H^2 = H$, $z\cdot\frac1z = 1$, $z\,(1/\sqrt z)^2 = 1$; the activations are made of these. So a linear relation between
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

  function exp(a: Polynomial): Polynomial {
    if (a.size === 0) return number(ONE);
    return negative(a) ? reciprocal(symbol('exp', scale(a, MINUS_ONE))) : symbol('exp', a);
  }

  /** f at $|a|$, and $1 - f$ where a is thought of as negative. */
  function reflected(f: string, a: Polynomial, define?: (fresh: number) => void): Polynomial {
    if (!negative(a)) return symbol(f, a, define);
    return sub(number(ONE), symbol(f, scale(a, MINUS_ONE), define));
  }

  const step = (a: Polynomial) =>
    reflected('step', a, (fresh) => {
      monomials.rewrite(fresh, 2, 0, of(fresh));
    });

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
      const active = step(a);
      return [mul(a, active), active, new Map() as Polynomial].slice(0, order + 1);
    },
    greater(): never {
      throw new MoeError(
        'formalRing',
        'formal expressions have no order: selections cannot be examined there',
      );
    },
  });
}
