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
import { piBall } from './constants.ts';
import { expBall } from './exponential.ts';

/** $\varphi(a)$. */
export function normalDensityBall(a: Ball, bits: number): Ball {
  const { mid, rad } = densityOfExact(a.mid, bits);
  return { mid, rad: rad + ceilDivide(a.rad, 4n) };
}

/** $\varphi(z)$ for the number $z = m\,2^{-p}$. */
function densityOfExact(mid: bigint, bits: number): Ball {
  if (beyond(mid, bits)) return { mid: 0n, rad: 1n };
  // z^2 / 2 exactly, with twice the bits and one more, then rounded to the bits that exp needs.
  const exponent = atPrecision({ mid: -mid * mid, rad: 0n }, 2 * bits + 1, bits + 16);
  const root = sqrtBall({ mid: 2n * piBall(bits + 16).mid, rad: 2n * piBall(bits + 16).rad }, bits + 16);
  const wide = mulBalls(expBall(exponent, bits + 16), reciprocalBall(root, bits + 16), bits + 16);
  return atPrecision(wide, bits + 16, bits);
}

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
  const size = Math.abs(ballToNumber({ mid, rad: 0n }, bits));
  const work = bits + 32 + Math.ceil(0.73 * size * size);
  const z: Ball = { mid: mid << BigInt(work - bits), rad: 0n };
  const square = mulBalls(z, z, work);
  let term = z;
  let sum = z;
  for (let n = 3n; ; n += 2n) {
    const next = mulBalls(term, square, work);
    // An integer division truncates by less than one unit.
    term = { mid: next.mid / n, rad: next.rad / n + 2n };
    sum = addBalls(sum, term);
    // From here on each term is at most half the one before, so that all the rest is at most the last term.
    const halving = 2n * (magnitude(square.mid) + square.rad) <= (n + 2n) << BigInt(work);
    if (halving && magnitude(term.mid) <= 1n) {
      sum = { mid: sum.mid, rad: sum.rad + magnitude(term.mid) + term.rad };
      break;
    }
  }
  const above = mulBalls(densityOfExact(z.mid, work), sum, work);
  return atPrecision(addBalls({ mid: 1n << BigInt(work - 1), rad: 0n }, above), work, bits);
}

/** Whether $z \ge 1$ in size and $e^{-z^2/2} < 2^{-p}$, from the integer part of z alone: $z^2 > 2p\log 2$. */
function beyond(mid: bigint, bits: number): boolean {
  const whole = magnitude(mid) >> BigInt(bits);
  return 10n * whole * whole >= 14n * BigInt(bits + 1);
}
