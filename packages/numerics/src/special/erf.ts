import { expOfSquare } from './exp-of-square.ts';

/** Below it erf has a rational approximation of its own; above it erfc has. */
const SMALL = 0.46875;

const INVERSE_SQRT_PI = 0.5641895835477563;

/**
 * The error function and its complement, $\mathrm{erf}(z) = \frac{2}{\sqrt\pi}\int_0^z e^{-t^2}\,dt$ and
 * $\mathrm{erfc}(z) = 1 - \mathrm{erf}(z)$, in float64.
 *
 * Both keep their digits where they are tiny: `erfc` down to its underflow at 26.5, where `1 - erf` would be zero from
 * 6 on. JavaScript has neither.
 *
 * Source: Cody, "Rational Chebyshev Approximations for the Error Function" (1969), and his routine CALERF of 1990.
 */
export function erf(z: number): number {
  const distance = Math.abs(z);
  if (distance <= SMALL) return z * small(z * z);
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
  if (z <= 4) return middle(z);
  const u = 1 / (z * z);
  return (INVERSE_SQRT_PI - u * large(u)) / z;
}

// The three fractions by Horner's rule, written out: in lists of coefficients they take twice as long.

function small(z: number): number {
  const above =
    (((0.18577770618460315 * z + 3.1611237438705655) * z + 113.86415415105016) * z + 377.485237685302) * z +
    3209.3775891384694;
  const below =
    (((z + 23.601290952344122) * z + 244.02463793444417) * z + 1282.6165260773723) * z + 2844.236833439171;
  return above / below;
}

function middle(z: number): number {
  const above =
    (((((((2.1531153547440383e-8 * z + 0.5641884969886701) * z + 8.883149794388377) * z + 66.11919063714163) *
      z +
      298.6351381974001) *
      z +
      881.952221241769) *
      z +
      1712.0476126340707) *
      z +
      2051.0783778260716) *
      z +
    1230.3393547979972;
  const below =
    (((((((z + 15.744926110709835) * z + 117.6939508913125) * z + 537.1811018620099) * z +
      1621.3895745666903) *
      z +
      3290.7992357334597) *
      z +
      4362.619090143247) *
      z +
      3439.3676741437216) *
      z +
    1230.3393548037495;
  return above / below;
}

function large(u: number): number {
  const above =
    ((((0.016315387137302097 * u + 0.30532663496123236) * u + 0.36034489994980445) * u +
      0.12578172611122926) *
      u +
      0.016083785148742275) *
      u +
    0.0006587491615298378;
  const below =
    ((((u + 2.568520192289822) * u + 1.8729528499234673) * u + 0.5279051029514285) * u +
      0.06051834131244132) *
      u +
    0.0023352049762686918;
  return above / below;
}
