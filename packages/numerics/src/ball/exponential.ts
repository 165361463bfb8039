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

/** Covers the rounding of a bound that is counted in float64. */
const GROW = 1 + 2 ** -40;
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

/** $e^x$ for the number $x = m\,2^{-p}$, with k near $x / \log 2$. */
function expOfExact(mid: bigint, bits: number, k: number): Ball {
  const halvings = Math.max(4, Math.round(Math.sqrt(bits / 2)));
  // A multiple of 32, so that few precisions of log 2 are computed.
  const work = 32 * Math.ceil((bits + Math.max(k, 0) + halvings + 24) / 32);
  const logTwo = logTwoBall(work);
  const reduced = {
    mid: (mid << BigInt(work - bits)) - BigInt(k) * logTwo.mid,
    rad: magnitude(BigInt(k)) * logTwo.rad,
  };
  // The integers of t in coarser units are those of t / 2^s in the same ones.
  const { value, error } = taylor(atPrecision(reduced, work, work - halvings), work);
  return atPrecision(squared(value, error, halvings, work), work - k, bits);
}

/** An integer in units of $2^{-p}$ and an upper bound on its error in units. */
interface Approximation {
  readonly value: bigint;
  readonly error: number;
}

/**
 * $\sum_n y^n/n!$ for $|y| \le 1/8$. Each term errs by less than 4 units: an eighth of the error before, and less than
 * one unit for the shift and for the division. After a term of at most 1 unit the rest is below 1 unit.
 */
function taylor(y: Ball, bits: number): Approximation {
  const rad = Number(y.rad);
  if (8n * (magnitude(y.mid) + y.rad) > 1n << BigInt(bits) || !(rad < 2 ** 40)) {
    throw new MoeError('balls', 'the reduced argument of exp is not small');
  }
  const shift = BigInt(bits);
  let term = 1n << shift;
  let value = term;
  let terms = 0;
  while (term > 1n || term < -1n) {
    terms++;
    term = ((term * y.mid) >> shift) / BigInt(terms);
    value += term;
  }
  // |e^y - e^m| <= 2 |y - m|
  return { value, error: 4 * terms + 2 + 2 * rad };
}

/** $p^{2^s}$, the error of each square $|P^2 - p^2| \le |P - p|\,(2|P| + |P - p|)$ and less than one unit for the shift. */
function squared(base: bigint, baseError: number, times: number, bits: number): Ball {
  const shift = BigInt(bits);
  let value = base;
  let error = baseError;
  // At least the unit, which may be too small for float64.
  const unit = Math.max(2 ** -bits, 1e-300);
  for (let step = 0; step < times; step++) {
    // An upper bound on the value, in steps of 2^-8.
    const size = (Number(value >> (shift - 8n)) + 1) / 256;
    value = (value * value) >> shift;
    error = (error * (2 * size + error * unit) + 1) * GROW;
  }
  return { mid: value, rad: BigInt(Math.ceil(error)) };
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
