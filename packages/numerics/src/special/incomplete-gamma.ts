import { logGamma, stirlingRest } from './log-gamma.ts';

const SMALL = 1e-300;
const EPSILON = 2 ** -53;

/** The lower and the upper part of an integral that is 1 in all, each without cancellation. */
export type Parts = readonly [lower: number, upper: number];

/**
 * The regularised incomplete gamma functions $P(a, x) = \frac{1}{\Gamma(a)} \int_0^x t^{a-1} e^{-t} dt$ and $Q = 1 - P$:
 * the distribution function of the gamma law, and with a count for a that of the Poisson law.
 *
 * By the series below a + 1 and by Legendre's continued fraction above (Abramowitz and Stegun 6.5.29 and 6.5.31); the
 * number of terms grows with $\sqrt a$.
 */
export function incompleteGamma(a: number, x: number): Parts {
  if (Number.isNaN(a) || Number.isNaN(x)) return [Number.NaN, Number.NaN];
  if (x <= 0) return [0, 1];
  if (x === Infinity) return [1, 0];
  const mass = massAt(a, x);
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > EPSILON * sum; n++) {
      term *= x / (a + n);
      sum += term;
    }
    const lower = Math.min(1, mass * sum);
    return [lower, 1 - lower];
  }
  let b = x + 1 - a;
  let c = 1 / SMALL;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 100_000; n++) {
    const an = n * (a - n);
    b += 2;
    d = 1 / away(an * d + b);
    c = away(b + an / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) <= EPSILON) break;
  }
  const upper = Math.min(1, mass * fraction);
  return [1 - upper, upper];
}

/** $x^a e^{-x} / \Gamma(a)$; for large a from the distance of x, which the powers would lose. */
function massAt(a: number, x: number): number {
  if (a < 12) return Math.exp(a * Math.log(x) - x - logGamma(a));
  const ratio = (x - a) / a;
  // a (log(1 + r) - r), whose two parts cancel where r is small.
  const exponent = Math.abs(ratio) < 0.1 ? a * logOneMinus(ratio) : a * Math.log(x / a) - (x - a);
  return Math.sqrt(a / (2 * Math.PI)) * Math.exp(exponent - stirlingRest(a));
}

/** $\log(1 + r) - r$ for small r. */
function logOneMinus(r: number): number {
  let power = -r * r;
  let sum = power / 2;
  for (let n = 3; Math.abs(power) > EPSILON * Math.abs(sum); n++) {
    power *= -r;
    sum += power / n;
    if (power === 0) break;
  }
  return sum;
}

const away = (value: number) => (Math.abs(value) < SMALL ? SMALL : value);
