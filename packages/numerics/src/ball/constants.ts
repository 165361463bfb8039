/**
 * $\pi$ and $\log 2$ as balls of any precision, from series of rational numbers.
 *
 * $\pi = 16\arctan\frac15 - 4\arctan\frac1{239}$ (Machin, 1706);
 * $\log 2 = 18\,\mathrm{artanh}\frac1{26} - 2\,\mathrm{artanh}\frac1{4801} + 8\,\mathrm{artanh}\frac1{8749}$.
 */
import { atPrecision, type Ball } from './ball.ts';

/** Guard bits: the errors below are counted in units this much finer. */
const GUARD = 32;

/** $\pi$. */
export const piBall: (bits: number) => Ball = guarded((bits) => {
  const fifth = inverseSeries(5n, bits + GUARD, -1n);
  const small = inverseSeries(239n, bits + GUARD, -1n);
  return combination([16n, fifth], [-4n, small]);
});

/** $\log 2$. */
export const logTwoBall: (bits: number) => Ball = guarded((bits) => {
  const at = (n: bigint) => inverseSeries(n, bits + GUARD, 1n);
  return combination([18n, at(26n)], [-2n, at(4801n)], [8n, at(8749n)]);
});

/**
 * $\sum_j s^j n^{-(2j+1)}/(2j+1)$ with $s = \pm1$: artanh or arctan of 1/n. A term comes from two truncating divisions
 * by integers above 1, hence is off by less than 2 units; the omitted tail is below 2 units.
 */
function inverseSeries(n: bigint, bits: number, sign: bigint): Ball {
  let power = (1n << BigInt(bits)) / n;
  let sum = 0n;
  let terms = 0n;
  for (let odd = 1n; power !== 0n; odd += 2n) {
    sum += (sign < 0n && (odd & 2n) !== 0n ? -power : power) / odd;
    power /= n * n;
    terms++;
  }
  return { mid: sum, rad: 2n * terms + 2n };
}

function combination(...terms: readonly (readonly [bigint, Ball])[]): Ball {
  return terms.reduce<Ball>(
    (sum, [factor, { mid, rad }]) => ({
      mid: sum.mid + factor * mid,
      rad: sum.rad + (factor < 0n ? -factor : factor) * rad,
    }),
    { mid: 0n, rad: 0n },
  );
}

/** A constant that is computed with guard bits, rounded to its precision. */
function guarded(compute: (bits: number) => Ball): (bits: number) => Ball {
  return remembered((bits) => atPrecision(compute(bits), bits + GUARD, bits));
}

/** Computes a constant once per precision. */
export function remembered(compute: (bits: number) => Ball): (bits: number) => Ball {
  const known = new Map<number, Ball>();
  return (bits) => {
    const found = known.get(bits);
    if (found) return found;
    const ball = compute(bits);
    known.set(bits, ball);
    return ball;
  };
}
