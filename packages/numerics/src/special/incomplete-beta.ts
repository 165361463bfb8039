import type { Parts } from './incomplete-gamma.ts';
import { logGamma } from './log-gamma.ts';

const SMALL = 1e-300;
const EPSILON = 2 ** -53;

/**
 * The regularised incomplete beta function $I_x(a, b) = \frac{\Gamma(a+b)}{\Gamma(a)\Gamma(b)} \int_0^x t^{a-1} (1-t)^{b-1} dt$
 * and $1 - I$: the distribution function of the binomial, the negative binomial and Student's t.
 *
 * By Lentz's evaluation of the continued fraction (Press et al., Numerical Recipes, 6.4), on the side of the mean where it
 * converges within $O(\sqrt{\max(a, b)})$ terms.
 * @param rest $1 - x$, where it is known with more digits
 */
export function incompleteBeta(a: number, b: number, x: number, rest: number = 1 - x): Parts {
  if (Number.isNaN(a) || Number.isNaN(b) || Number.isNaN(x)) return [Number.NaN, Number.NaN];
  if (x <= 0) return [0, 1];
  if (rest <= 0) return [1, 0];
  const mass = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(rest));
  if (x < (a + 1) / (a + b + 2)) {
    const lower = Math.min(1, (mass * fraction(a, b, x)) / a);
    return [lower, 1 - lower];
  }
  const upper = Math.min(1, (mass * fraction(b, a, rest)) / b);
  return [1 - upper, upper];
}

function fraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) <= 2 * EPSILON) break;
  }
  return value;
}

const away = (value: number) => (Math.abs(value) < SMALL ? SMALL : value);
