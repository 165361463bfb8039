/**
 * The standard normal density $\varphi(z) = e^{-z^2/2}/\sqrt{2\pi}$ and distribution function
 * $\Phi(z) = \int_{-\infty}^z \varphi$, in float64.
 *
 * To a few ulps of the result, in the lower tail too: $\Phi(-z) = \varphi(z)\,m(z)$ with Mills' ratio m, whose condition
 * is 1, and a density that does not square a rounded number. `0.5 * erfc(-z / sqrt(2))` would lose $z^2$ ulps to the
 * rounding of its argument.
 */
import { erf, scaledErfc } from './erf.ts';

const INVERSE_SQRT_TWO_PI = 0.3989422804014327;

/** $\varphi(z)$. */
export function normalDensity(z: number): number {
  return INVERSE_SQRT_TWO_PI * expOfMinusHalfSquare(Math.abs(z));
}

/** $\Phi(z)$. */
export function normalCdf(z: number): number {
  if (Math.abs(z) < 0.66) return 0.5 + 0.5 * erf(z * Math.SQRT1_2);
  const distance = Math.abs(z);
  const tail = 0.5 * expOfMinusHalfSquare(distance) * scaledErfc(distance * Math.SQRT1_2);
  return z > 0 ? 1 - tail : tail;
}

/** The head has four fractional bits, so that half its square is exact. */
function expOfMinusHalfSquare(z: number): number {
  // Beyond it the result is zero, and infinity minus infinity would be NaN.
  if (z > 40) return 0;
  const head = Math.trunc(z * 16) / 16;
  return Math.exp(-0.5 * head * head) * Math.exp(-0.5 * (z - head) * (z + head));
}
