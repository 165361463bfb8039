/**
 * A prime field as a ring: definitions evaluated modulo p at random points.
 *
 * exp, log, $\Phi$ and the step of ReLU become random field elements, one per argument, that obey true identities:
 * $e^0 = 1$, $e^{-z}e^z = 1$, $\Phi(-z) = 1 - \Phi(z)$, $\varphi(-z) = \varphi(z)$, $H(-z) = 1 - H(z)$, $\sqrt z^2 = z$;
 * the activations are made of these. A linear relation that follows from such identities holds at every random point;
 * one that does not fails at a random point with probability about $1 - 1/p$ (Schwartz and Zippel).
 *
 * Two things are left to `formalRing`. $H^2 = H$ would make H one of two numbers, and a product of several steps zero at
 * most points, like a function that is zero. $\sqrt{z^2}$ is z or -z, whichever is a square, so a combination that holds
 * for one sign of z alone holds at half of the points.
 */
import { MoeError, type Stream } from '@tfjs-moe/core';
import type { Elementary } from '../activations/elementary.ts';
import { derivativesOver } from '../ring/derivatives-over.ts';
import type { Order, Ring } from '../ring/ring.ts';
import { rationalOf } from './rational.ts';

/** A point at which something does not exist, such as 1/0 or the root of a non-residue: take another. */
export class NoSuchPoint extends Error {
  override readonly name = 'NoSuchPoint';
}

/** One evaluation point modulo a prime. */
export interface FieldPoint extends Ring<number> {
  readonly prime: number;
  /** A random element, for example for an input. */
  draw(): number;
}

/** The `count` largest primes below $2^{26}$ that are 3 modulo 4: products are exact in float64, square roots easy. */
export function fieldPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2 ** 26 - 1; primes.length < count; candidate -= 4)
    if (isPrime(candidate)) primes.push(candidate);
  return primes;
}

function isPrime(odd: number): boolean {
  for (let factor = 3; factor * factor <= odd; factor += 2) if (odd % factor === 0) return false;
  return true;
}

/** $a^n$ modulo p. */
export function powerModulo(a: number, exponent: number, prime: number): number {
  let result = 1;
  let square = a;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * square) % prime;
    square = (square * square) % prime;
  }
  return result;
}

/**
 * A fresh point of a prime field: the values of all transcendental functions are drawn anew for each point.
 * @param prime one of `fieldPrimes`
 */
export function fieldPoint(prime: number, random: Stream): FieldPoint {
  const drawn = new Map<string, number>();
  const draw = () => 1 + random.integer(prime - 1);
  const add = (a: number, b: number) => (a + b) % prime;
  const sub = (a: number, b: number) => (a - b + prime) % prime;
  const mul = (a: number, b: number) => (a * b) % prime;
  const negative = (a: number) => a > prime / 2;
  const residues = new Map<number, number>();

  /** The element that stands for f at an argument. */
  function symbol(f: string, a: number): number {
    const key = `${f} ${a}`;
    const known = drawn.get(key);
    if (known !== undefined) return known;
    const fresh = draw();
    drawn.set(key, fresh);
    return fresh;
  }

  function reciprocal(a: number): number {
    if (a === 0) throw new NoSuchPoint('1 / 0');
    return powerModulo(a, prime - 2, prime);
  }

  function sqrt(a: number): number {
    const root = powerModulo(a, (prime + 1) / 4, prime);
    if (mul(root, root) !== a) throw new NoSuchPoint(`the root of ${a}`);
    return root;
  }

  function constant(value: number): number {
    const known = residues.get(value);
    if (known !== undefined) return known;
    const { numerator, denominator } = rationalOf(value);
    const p = BigInt(prime);
    const residue = mul(Number(((numerator % p) + p) % p), reciprocal(Number(denominator % p)));
    residues.set(value, residue);
    return residue;
  }

  function exp(a: number): number {
    if (a === 0) return 1;
    return negative(a) ? reciprocal(symbol('exp', prime - a)) : symbol('exp', a);
  }

  function normalCdf(a: number): number {
    if (a === 0) return constant(0.5);
    return negative(a) ? sub(1, symbol('cdf', prime - a)) : symbol('cdf', a);
  }

  /** $H(a)$; what it is at 0 is left to those who ask. */
  const step = (a: number) => (negative(a) ? sub(1, symbol('step', prime - a)) : symbol('step', a));

  const others = derivativesOver<number>({
    constant,
    add,
    sub,
    mul,
    reciprocal,
    sqrt,
    exp,
    log: (a) => (a === 1 ? 0 : symbol('log', a)),
    normalDensity: (a) => symbol('density', negative(a) ? prime - a : a),
    normalCdf,
    geluSlope: () => symbol('slope', 0),
    negative,
    positive: () => false,
  });

  return Object.freeze({
    prime,
    draw,
    constant,
    isZero: (a: number) => a === 0,
    add,
    sub,
    dot(a: readonly number[], b: readonly number[]) {
      let sum = 0;
      for (let k = 0; k < a.length; k++) sum = (sum + a[k]! * b[k]!) % prime;
      return sum;
    },
    derivatives(name: Elementary, a: number, order: Order) {
      if (name !== 'relu' || a === 0) return others(name, a, order);
      const active = step(a);
      return [mul(a, active), active, 0].slice(0, order + 1);
    },
    greater(): never {
      throw new MoeError('fieldPoint', 'a prime field has no order: selections cannot be examined there');
    },
  });
}
