/**
 * The standard normal density $\varphi(z) = e^{-z^2/2}/\sqrt{2\pi}$ and distribution function
 * $\Phi(z) = \int_{-\infty}^z \varphi$, in float64.
 *
 * To a few ulps of the result, in the lower tail too: $\Phi(-z) = \varphi(z)\,m(z)$ with Mills' ratio m, whose condition
 * is 1, and a density that does not square a rounded number. `0.5 * erfc(-z / sqrt(2))` would lose $z^2$ ulps to the
 * rounding of its argument.
 */
import { erf, scaledErfc } from './erf.ts';
import { expOfSquare } from './exp-of-square.ts';

const INVERSE_SQRT_TWO_PI = 0.3989422804014327;
const SQRT_HALF_PI = 1.2533141373155003;

/** $\varphi(z)$. */
export function normalDensity(z: number): number {
  return INVERSE_SQRT_TWO_PI * expOfSquare(z, 0.5);
}

/**
 * $\Phi(z)$.
 * @param density $\varphi(z)$, where it is known already
 */
export function normalCdf(z: number, density: number = normalDensity(z)): number {
  const distance = Math.abs(z);
  if (distance < 0.66) return 0.5 + 0.5 * erf(z * Math.SQRT1_2);
  const tail = density * (SQRT_HALF_PI * scaledErfc(distance * Math.SQRT1_2));
  return z > 0 ? 1 - tail : tail;
}
