import { MoeError } from '@tfjs-moe/core';
import type { Elementary } from '../activations/elementary.ts';
import type { Ball } from '../ball/ball.ts';
import { balls } from '../ball/balls.ts';
import type { Order, Ring } from '../ring/ring.ts';
import {
  addDoubleBalls,
  commonPoints,
  type DoubleBall,
  dotDoubleBalls,
  doubleBall,
  emptyDoubleBall,
  isExactly,
} from './double-ball.ts';

/** Bits of the balls that elementary functions go through: more than double-double has, for numbers below 1. */
const BITS = 160;
const UNIT = 2 ** -BITS;
const ring = balls(BITS);

/**
 * Double-double numbers with radii as a ring: with `jets` and `gridOps`, every router, gate and expert at many points,
 * with rigorous bounds on its value, gradient and Hessian, at a small part of the cost of balls.
 *
 * Sums and products are those of `double-ball`; elementary functions go through balls, point by point, so that their
 * bounds are those of `ball-arithmetic.md`. Where a function does not exist, where the sign behind a kink or a selection is
 * not known, or where float64 overflows, the number is unknown at that point: its radius is not finite.
 */
export const doubleBalls: Ring<DoubleBall> = Object.freeze({
  constant: doubleBall,
  isZero: (a: DoubleBall) => isExactly(a, 0),
  add: (a: DoubleBall, b: DoubleBall) => (isExactly(b, 0) ? a : isExactly(a, 0) ? b : addDoubleBalls(a, b)),
  sub: (a: DoubleBall, b: DoubleBall) => (isExactly(b, 0) ? a : addDoubleBalls(a, b, -1)),
  dot: dotDoubleBalls,
  greater,
  shift,
  derivatives,
});

/** A ball around the number at one point; nothing where it is too large or unknown. */
export function ballAt({ high, low, rad }: DoubleBall, n: number): Ball | undefined {
  const i = high.length === 1 ? 0 : n;
  const size = Math.abs(high[i]!) + rad[i]!;
  if (!(size < 2 ** 800)) return undefined;
  // Multiplication by a power of two is exact; each truncation loses less than one unit.
  const scaled = (value: number) => BigInt(Math.trunc(value / UNIT));
  return {
    mid: scaled(high[i]!) + scaled(low[i]!),
    rad: BigInt(Math.ceil(rad[i]! / UNIT)) + 2n,
  };
}

/** Writes a ball to one point; an unknown number where there is none. */
function write(to: DoubleBall, n: number, ball: Ball | undefined): void {
  // Number() rounds to nearest, so the rest is exact, and what the second number leaves is below half its ulp.
  const high = ball ? Number(ball.mid) : Number.NaN;
  if (!ball || !Number.isFinite(high)) {
    to.rad[n] = Infinity;
    return;
  }
  const low = Number(ball.mid - BigInt(high));
  to.high[n] = high * UNIT;
  to.low[n] = low * UNIT;
  to.rad[n] = (Number(ball.rad) + Math.abs(low) * 2 ** -53) * (1 + 2 ** -40) * UNIT;
}

/** Whatever balls cannot decide or do not have is unknown. */
function attempt<T>(of: () => T): T | undefined {
  try {
    return of();
  } catch (error) {
    if (error instanceof MoeError && error.who === 'balls') return undefined;
    throw error;
  }
}

function derivatives(name: Elementary, a: DoubleBall, order: Order): DoubleBall[] {
  const points = a.high.length;
  const results = Array.from({ length: order + 1 }, () => emptyDoubleBall(points));
  for (let n = 0; n < points; n++) {
    const at = ballAt(a, n);
    const values = at && attempt(() => ring.derivatives(name, at, order));
    results.forEach((result, k) => {
      write(result, n, values?.[k]);
    });
  }
  // The second derivative of relu is known to be zero, and products with it are left out.
  return name === 'relu' && order === 2 ? [...results.slice(0, 2), doubleBall(0)] : results;
}

function greater(a: DoubleBall, b: DoubleBall): DoubleBall {
  const points = commonPoints(a, b);
  const result = emptyDoubleBall(points);
  for (let n = 0; n < points; n++) {
    const [left, right] = [ballAt(a, n), ballAt(b, n)];
    write(result, n, left && right && attempt(() => ring.greater(left, right)));
  }
  return result;
}

/** The largest of the high parts, an exact number. */
function shift(of: readonly DoubleBall[]): DoubleBall {
  const result = emptyDoubleBall(commonPoints(...of));
  for (let n = 0; n < result.high.length; n++) {
    result.high[n] = Math.max(...of.map(({ high }) => high[high.length === 1 ? 0 : n]!));
  }
  return result;
}
