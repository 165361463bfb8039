import { MoeError } from '@tfjs-moe/core';

/**
 * Ball arithmetic: a real number known to lie in $[m - r,\, m + r]\cdot 2^{-p}$, m and r integers, p the precision.
 *
 * Both are BigInts, so the bounds of the radii are integer arithmetic without rounding of its own, and each rule below
 * is one inequality that a reader can check; `ball-arithmetic.md` of this package has them all. Shifts of negative
 * BigInts round towards minus infinity, divisions towards zero: either way by less than one unit.
 *
 * For proofs: an inequality that holds for whole balls holds for the numbers. For rank decisions beyond float64.
 *
 * Middle and radius in units of $2^{-p}$.
 */
export interface Ball {
  readonly mid: bigint;
  readonly rad: bigint;
}

/** Absolute value. */
export const magnitude = (a: bigint): bigint => (a < 0n ? -a : a);

/** $\lceil a / b \rceil$ for $a \ge 0$, $b > 0$. */
export const ceilDivide = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/** $\lceil a / 2^n \rceil$ for $a \ge 0$. */
export const ceilShift = (a: bigint, n: bigint): bigint => -(-a >> n);

/** $\lfloor\sqrt a\rfloor$ by Newton's iteration from above. */
export function integerSqrt(a: bigint): bigint {
  if (a < 2n) return a;
  let root = 1n << BigInt((a.toString(16).length * 4 + 2) >> 1);
  for (;;) {
    const next = (root + a / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** The same numbers in units of $2^{-to}$. */
export function atPrecision({ mid, rad }: Ball, from: number, to: number): Ball {
  if (to >= from) return { mid: mid << BigInt(to - from), rad: rad << BigInt(to - from) };
  const lost = BigInt(from - to);
  const cut = mid >> lost;
  // What is exact, as a product with 0, must not look as if it might be on a kink.
  return { mid: cut, rad: ceilShift(rad, lost) + (cut << lost === mid ? 0n : 1n) };
}

/** A float64 number: exact, unless it is finer than the precision. */
export function ballOf(value: number, bits: number): Ball {
  if (!Number.isFinite(value)) throw new MoeError('balls', 'a ball needs a finite number', value);
  // The largest power of two that divides a float64 number is 2^-1074.
  let exponent = 0;
  let integer = value;
  while (!Number.isInteger(integer)) {
    integer *= 2;
    exponent++;
  }
  return atPrecision({ mid: BigInt(integer), rad: 0n }, exponent, bits);
}

/** $a + b$. */
export function addBalls(a: Ball, b: Ball): Ball {
  return { mid: a.mid + b.mid, rad: a.rad + b.rad };
}

/** $a - b$. */
export function subBalls(a: Ball, b: Ball): Ball {
  return { mid: a.mid - b.mid, rad: a.rad + b.rad };
}

/** $\sum_k a_k b_k$, rounded once. */
export function dotBalls(a: readonly Ball[], b: readonly Ball[], bits: number): Ball {
  let mid = 0n;
  let rad = 0n;
  for (let k = 0; k < a.length; k++) {
    const u = a[k]!;
    const v = b[k]!;
    mid += u.mid * v.mid;
    if (u.rad !== 0n) rad += u.rad * (magnitude(v.mid) + v.rad);
    if (v.rad !== 0n) rad += magnitude(u.mid) * v.rad;
  }
  return atPrecision({ mid, rad }, 2 * bits, bits);
}

/** $ab$. */
export function mulBalls(a: Ball, b: Ball, bits: number): Ball {
  return dotBalls([a], [b], bits);
}

/** $1/a$; an error where a may be zero. */
export function reciprocalBall({ mid, rad }: Ball, bits: number): Ball {
  const lowest = magnitude(mid) - rad;
  if (lowest <= 0n) throw new MoeError('balls', 'the reciprocal of a ball that contains zero does not exist');
  const unit = 1n << BigInt(2 * bits);
  return { mid: unit / mid, rad: ceilDivide(rad * unit, magnitude(mid) * lowest) + 1n };
}

/** $\sqrt a$; an error where a may be negative. */
export function sqrtBall({ mid, rad }: Ball, bits: number): Ball {
  if (mid < rad)
    throw new MoeError('balls', 'the square root of a ball with negative numbers does not exist');
  const root = integerSqrt(mid << BigInt(bits));
  if (rad !== 0n) return { mid: root, rad: ceilDivide(rad << BigInt(bits), root) + 1n };
  // A root that is exact, as that of 0 where units are dead, must not look as if it might be on a kink.
  return { mid: root, rad: root * root === mid << BigInt(bits) ? 0n : 1n };
}

/** The float64 number nearest to the middle, up to an ulp. */
export function ballToNumber({ mid }: Ball, bits: number): number {
  const value = Number(mid);
  // Number() of more than 1024 bits is infinite, and a tiny power of two is zero.
  if (Number.isFinite(value) && bits < 900) return value * 2 ** -bits;
  const drop = Math.max(0, magnitude(mid).toString(16).length * 4 - 128);
  return (
    Number(mid >> BigInt(drop)) *
    2 ** Math.trunc((drop - bits) / 2) *
    2 ** (drop - bits - Math.trunc((drop - bits) / 2))
  );
}
