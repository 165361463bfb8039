/**
 * The normal density and distribution function of balls.
 *
 * $\Phi(z) = \frac12 + \varphi(z) \sum_{n\ge0} \frac{z^{2n+1}}{1\cdot3\cdots(2n+1)}$, whose terms have one sign; the sum
 * grows as $e^{z^2/2}$, so it is taken with as many more bits. A radius is carried by $|\Phi'| < \frac25$ and
 * $|\varphi'| < \frac14$.
 *
 * Source: Abramowitz and Stegun, 26.2.11. Error analysis: `ball-arithmetic.md` of this package.
 */
import {
  addBalls,
  atPrecision,
  type Ball,
  ballToNumber,
  ceilDivide,
  magnitude,
  mulBalls,
  reciprocalBall,
  sqrtBall,
} from './ball.ts';
import { piBall, remembered } from './constants.ts';
import { expBall } from './exponential.ts';

/** Covers the rounding of a bound that is counted in float64. */
const GROW = 1 + 2 ** -40;
/** Bits by which the unit of errors grows at a time. */
const STEP = 400;
/** What stands for a unit too small for float64. */
const SMALLEST = 2 ** -1000;

/** $\varphi(a)$. */
export function normalDensityBall(a: Ball, bits: number): Ball {
  const { mid, rad } = densityOfExact(a.mid, bits);
  return { mid, rad: rad + ceilDivide(a.rad, 4n) };
}

/** $\varphi(z)$ for the number $z = m\,2^{-p}$. */
function densityOfExact(mid: bigint, bits: number): Ball {
  if (beyond(mid, bits)) return { mid: 0n, rad: 1n };
  const work = workOf(mid, bits);
  return atPrecision(wideDensity(mid << BigInt(work - bits), work), work, bits);
}

/** The density that was computed last: whoever asks for $\Phi$ asks for $\varphi$ at the same number as well. */
let last: { readonly mid: bigint; readonly bits: number; readonly density: Ball } | undefined;

/** $\varphi(z)$ with some bits. */
function wideDensity(mid: bigint, bits: number): Ball {
  if (last?.mid === mid && last.bits === bits) return last.density;
  // z^2 / 2 exactly, with twice the bits and one more, then rounded to the bits that exp needs.
  const exponent = atPrecision({ mid: -mid * mid, rad: 0n }, 2 * bits + 1, bits + 16);
  const wide = mulBalls(expBall(exponent, bits + 16), densityAtZero(bits + 16), bits + 16);
  const density = atPrecision(wide, bits + 16, bits);
  last = { mid, bits, density };
  return density;
}

/** $1/\sqrt{2\pi}$. */
const densityAtZero: (bits: number) => Ball = remembered((bits) => {
  const { mid, rad } = piBall(bits);
  return reciprocalBall(sqrtBall({ mid: 2n * mid, rad: 2n * rad }, bits), bits);
});

/** $\Phi(a)$. */
export function normalCdfBall(a: Ball, bits: number): Ball {
  const { mid, rad } = cdfOfExact(a.mid, bits);
  return { mid, rad: rad + ceilDivide(2n * a.rad, 5n) };
}

/** $\Phi(z)$ for the number $z = m\,2^{-p}$. */
function cdfOfExact(mid: bigint, bits: number): Ball {
  const unit = 1n << BigInt(bits);
  // 1 - Phi(z) <= phi(z) for z >= 1, and phi is below a unit.
  if (beyond(mid, bits)) return { mid: mid > 0n ? unit : 0n, rad: 1n };
  const work = workOf(mid, bits);
  const z = mid << BigInt(work - bits);
  const sum = series(magnitude(z), work);
  const above = mulBalls(wideDensity(z, work), mid < 0n ? { mid: -sum.mid, rad: sum.rad } : sum, work);
  return atPrecision(addBalls({ mid: 1n << BigInt(work - 1), rad: 0n }, above), work, bits);
}

/** Bits for a sum that grows as $e^{z^2/2}$: a multiple of 32, so that few precisions of the constants are computed. */
function workOf(mid: bigint, bits: number): number {
  const size = ballToNumber({ mid, rad: 0n }, bits);
  return 32 * Math.ceil((bits + 32 + 0.73 * size * size) / 32);
}

/**
 * $\sum_n z^{2n+1}/(1\cdot3\cdots(2n+1))$ for $z \ge 0$, in integers. Errors are counted in float64, in units of
 * $2^{-p}s$; the power of two s grows with them, since terms may reach any power of two.
 */
function series(z: bigint, bits: number): Ball {
  const shift = BigInt(bits);
  const square = (z * z) >> shift;
  const size = ballToNumber({ mid: z, rad: 0n }, bits) * GROW;
  const most = size * size * GROW;
  let term = z;
  let sum = z;
  // Upper bounds on the true term in units of 1, on the error of the term, and on all errors so far.
  let bound = size;
  let error = 0;
  let total = 0;
  let unit = 1;
  let exponent = 0;
  for (let n = 3; ; n += 2) {
    term = ((term * square) >> shift) / BigInt(n);
    sum += term;
    // From the error before, from that of the square, from the shift, and from the division.
    error = ((error * most + bound + unit) / n + unit) * GROW;
    bound = ((bound * most) / n) * GROW;
    total = (total + error) * GROW;
    if (total + bound > 2 ** STEP) {
      exponent += STEP;
      error *= 2 ** -STEP;
      bound *= 2 ** -STEP;
      total *= 2 ** -STEP;
      unit = Math.max(unit * 2 ** -STEP, SMALLEST);
    }
    // From here on each term is at most half the one before, so that all the rest is at most the last term.
    if (2 * most <= n + 2 && term <= 1n) break;
  }
  return { mid: sum, rad: BigInt(Math.ceil(total + error + unit)) << BigInt(exponent) };
}

/** Whether $z \ge 1$ in size and $e^{-z^2/2} < 2^{-p}$, from the integer part of z alone: $z^2 > 2p\log 2$. */
function beyond(mid: bigint, bits: number): boolean {
  const whole = magnitude(mid) >> BigInt(bits);
  return 10n * whole * whole >= 14n * BigInt(bits + 1);
}
