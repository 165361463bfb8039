/**
 * The error function and its complement, $\mathrm{erf}(z) = \frac{2}{\sqrt\pi}\int_0^z e^{-t^2}\,dt$ and
 * $\mathrm{erfc}(z) = 1 - \mathrm{erf}(z)$, in float64.
 *
 * Both keep their digits where they are tiny: `erfc` down to its underflow at 26.5, where `1 - erf` would be zero from
 * 6 on. JavaScript has neither.
 *
 * Source: Cody, "Rational Chebyshev Approximations for the Error Function" (1969), and his routine CALERF of 1990.
 */
import { expOfSquare } from './exp-of-square.ts';

/** Below it erf has a rational approximation of its own; above it erfc has. */
const SMALL = 0.46875;

const SMALL_NUMERATOR = [
  0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694,
];
const SMALL_DENOMINATOR = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const MIDDLE_NUMERATOR = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
  881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
];
const MIDDLE_DENOMINATOR = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
];
const LARGE_NUMERATOR = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
];
const LARGE_DENOMINATOR = [
  1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
];
const INVERSE_SQRT_PI = 0.5641895835477563;

/** $\mathrm{erf}(z)$. */
export function erf(z: number): number {
  const distance = Math.abs(z);
  if (distance <= SMALL) {
    const square = z * z;
    return (z * polynomial(SMALL_NUMERATOR, square)) / polynomial(SMALL_DENOMINATOR, square);
  }
  const tail = expOfSquare(z, 1) * scaledErfc(distance);
  return z < 0 ? tail - 1 : 1 - tail;
}

/** $\mathrm{erfc}(z)$, with all its digits also where it is tiny. */
export function erfc(z: number): number {
  if (Math.abs(z) <= SMALL) return 1 - erf(z);
  const tail = expOfSquare(z, 1) * scaledErfc(Math.abs(z));
  return z < 0 ? 2 - tail : tail;
}

/** $e^{z^2}\,\mathrm{erfc}(z)$ for $z \ge 0$: the slowly varying part of erfc, which never underflows. */
export function scaledErfc(z: number): number {
  if (z <= SMALL) return Math.exp(z * z) * (1 - erf(z));
  if (z <= 4) return polynomial(MIDDLE_NUMERATOR, z) / polynomial(MIDDLE_DENOMINATOR, z);
  const u = 1 / (z * z);
  const correction = (u * polynomial(LARGE_NUMERATOR, u)) / polynomial(LARGE_DENOMINATOR, u);
  return (INVERSE_SQRT_PI - correction) / z;
}

/** Horner's rule, highest power first. */
function polynomial(coefficients: readonly number[], z: number): number {
  let value = 0;
  for (const coefficient of coefficients) value = value * z + coefficient;
  return value;
}
