import { normalCdf, normalDensity } from './normal.ts';

const A = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const B = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
  1,
];
const C = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const D = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1];

/**
 * The quantile of the standard normal law, $\Phi^{-1}(p)$: a rational approximation to nine digits, then one step of Halley's
 * method on the accurate distribution function.
 *
 * Source: Acklam, "An algorithm for computing the inverse normal cumulative distribution function" (2003).
 *
 * @param p between 0 and 1; at the ends the result is infinite
 */
export function normalQuantile(p: number): number {
  if (p <= 0) return p === 0 ? -Infinity : Number.NaN;
  // The upper half by symmetry: 1 - p is exact there.
  if (p > 0.5) return p <= 1 ? -normalQuantile(1 - p) : Number.NaN;
  const rough = p < 0.02425 ? tail(p) : centre(p);
  const density = normalDensity(rough);
  if (density === 0) return rough;
  const error = (normalCdf(rough) - p) / density;
  return rough - error / (1 + (rough * error) / 2);
}

function centre(p: number): number {
  const q = p - 0.5;
  const r = q * q;
  return (q * horner(A, r)) / horner(B, r);
}

function tail(p: number): number {
  const q = Math.sqrt(-2 * Math.log(p));
  return horner(C, q) / horner(D, q);
}

function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
