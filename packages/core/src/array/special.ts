/**
 * The error function and the normal distribution function in float64, for the plain-array interpretation.
 *
 * erf by its Maclaurin series below 2.5 and erfc by a continued fraction above (Abramowitz and Stegun 7.1.6 and
 * 7.1.14): a few ulps, and short enough to be an oracle.
 */

/** $\mathrm{erfc}(z)$, also accurate where it is tiny. */
export function erfc(z: number): number {
  if (Number.isNaN(z)) return z;
  if (z < 2.5) return 1 - erf(z);
  if (z > 27.3) return 0;
  let fraction = z;
  for (let n = 120; n >= 1; n--) fraction = z + n / 2 / fraction;
  return Math.exp(-z * z) / (fraction * Math.sqrt(Math.PI));
}

/** $\mathrm{erf}(z) = \frac{2}{\sqrt\pi} \int_0^z e^{-t^2} dt$. */
export function erf(z: number): number {
  if (z < 0) return -erf(-z);
  if (z >= 2.5) return 1 - erfc(z);
  let term = z;
  let sum = z;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * z * z) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z) * sum;
}

/** $\Phi(z)$, the standard normal distribution function. */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z / Math.SQRT2);
}
