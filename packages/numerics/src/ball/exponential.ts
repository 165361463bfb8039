/**
 * exp and log of balls.
 *
 * $e^x = 2^k (e^{t/2^s})^{2^s}$ with $t = x - k\log 2$: a Taylor series for a small argument and s squarings, all in
 * ball arithmetic of a higher precision, so that only the truncated tail needs an argument of its own.
 * $\log x = y + \log(1 + \delta)$ with $y$ from float64 and $\delta = x e^{-y} - 1$ tiny.
 *
 * Error analysis: `ball-arithmetic.md` of this package.
 */
import { MoeError } from '@tfjs-moe/core';
import {
  addBalls,
  atPrecision,
  type Ball,
  ballOf,
  ballToNumber,
  ceilShift,
  magnitude,
  mulBalls,
  subBalls,
} from './ball.ts';
import { logTwoBall } from './constants.ts';

/** Above it $e^x$ has more than a hundred thousand bits before the point. */
const LARGEST = 70_000;

/** $e^a$. */
export function expBall(a: Ball, bits: number): Ball {
  const center = ballToNumber(a, bits);
  if (center > LARGEST) throw new MoeError('balls', `exp of a number above ${LARGEST} is too large`, center);
  const unit = 1n << BigInt(bits);
  if (a.rad > unit)
    throw new MoeError('balls', 'exp of a ball wider than 1 says nothing: raise the precision');
  // e^x < 2^-bits when x < -bits, and the ball reaches at most 1 above its middle.
  if (a.mid < -(BigInt(bits) + 1n) * unit) return { mid: 0n, rad: 1n };
  const { mid, rad } = expOfExact(a.mid, bits, Math.round(center / Math.LN2));
  if (a.rad === 0n) return { mid, rad };
  // |e^x - e^m| <= e^m (e^d - 1) and e^d - 1 <= d + d^2 for a radius d <= 1.
  const largest = magnitude(mid) + rad;
  const first = ceilShift(largest * a.rad, BigInt(bits));
  return { mid, rad: rad + first + ceilShift(first * a.rad, BigInt(bits)) };
}

/** $e^x$ for the number $x = m\,2^{-p}$, with any k near $x / \log 2$. */
function expOfExact(mid: bigint, bits: number, k: number): Ball {
  const halvings = Math.max(4, Math.round(Math.sqrt(bits / 2)));
  const work = bits + Math.max(k, 0) + halvings + 24;
  const logTwo = logTwoBall(work);
  const reduced = {
    mid: (mid << BigInt(work - bits)) - BigInt(k) * logTwo.mid,
    rad: magnitude(BigInt(k)) * logTwo.rad,
  };
  // The integers of t in coarser units are those of t / 2^s in the same ones.
  let power = taylor(atPrecision(reduced, work, work - halvings), work);
  for (let step = 0; step < halvings; step++) power = mulBalls(power, power, work);
  return atPrecision(power, work - k, bits);
}

/**
 * $\sum_n y^n/n!$ for $|y| \le 1/2$. Once a term's upper bound is no more than 1 unit, the rest of the series is at most
 * as much: each term is at most half the one before.
 */
function taylor(y: Ball, bits: number): Ball {
  if (2n * (magnitude(y.mid) + y.rad) > 1n << BigInt(bits)) {
    throw new MoeError('balls', 'the reduced argument of exp is not small');
  }
  let term: Ball = { mid: 1n << BigInt(bits), rad: 0n };
  let sum = term;
  for (let n = 1n; ; n++) {
    const next = mulBalls(term, y, bits);
    // An integer division truncates by less than one unit.
    term = { mid: next.mid / n, rad: next.rad / n + 2n };
    sum = addBalls(sum, term);
    if (magnitude(term.mid) <= 1n) return { mid: sum.mid, rad: sum.rad + magnitude(term.mid) + term.rad };
  }
}

/** $\log a$; an error where a may not be positive. */
export function logBall(a: Ball, bits: number): Ball {
  if (a.mid <= a.rad) throw new MoeError('balls', 'the logarithm of a ball with numbers <= 0 does not exist');
  const work = bits + 32;
  const wide = atPrecision(a, bits, work);
  const start = ballOf(logOf(a.mid) - bits * Math.LN2, work);
  const unit = 1n << BigInt(work);
  const quotient = mulBalls(wide, expBall({ mid: -start.mid, rad: start.rad }, work), work);
  const delta = subBalls(quotient, { mid: unit, rad: 0n });
  const bound = magnitude(delta.mid) + delta.rad;
  if (2n * bound > unit) return crude(a, bits);
  // log(1 + d) = d - d^2/2 + ...; after a power of at most 1 unit the alternating or geometric rest is below 2 units.
  let power = delta;
  let sum = addBalls(start, delta);
  for (let n = 2n; magnitude(power.mid) > 1n; n++) {
    power = mulBalls(power, delta, work);
    const term = { mid: power.mid / n, rad: power.rad / n + 2n };
    sum = n % 2n === 0n ? subBalls(sum, term) : addBalls(sum, term);
  }
  return atPrecision({ mid: sum.mid, rad: sum.rad + 2n * (magnitude(power.mid) + power.rad) }, work, bits);
}

/** A wide ball: the logarithm of its middle, and $|\log x - \log m| \le r / (m - r)$. */
function crude({ mid, rad }: Ball, bits: number): Ball {
  const unit = 1n << BigInt(bits);
  const center = logBall({ mid, rad: 0n }, bits);
  return { mid: center.mid, rad: center.rad + (rad * unit) / (mid - rad) + 1n };
}

/** The natural logarithm of a positive integer of any length, to float64. */
function logOf(a: bigint): number {
  const drop = Math.max(0, a.toString(16).length * 4 - 64);
  return Math.log(Number(a >> BigInt(drop))) + drop * Math.LN2;
}
