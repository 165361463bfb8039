/**
 * The logarithm of the gamma function and its first two derivatives, in float64, for positive arguments.
 *
 * Each is shifted upwards by its recurrence until Stirling's series is exact to the last digits (Abramowitz and Stegun
 * 6.1.41, 6.3.18, 6.4.12).
 */

const HALF_LOG_TWO_PI = 0.9189385332046728;
/** From here on, terms of the series beyond those below are smaller than rounding. */
const LARGE = 12;
/** $B_{2k} / (2k (2k-1))$. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/** What Stirling's formula lacks: $\log\Gamma(x) - ((x - \tfrac12) \log x - x + \tfrac12 \log 2\pi)$, for $x \ge 12$. */
export function stirlingRest(x: number): number {
  const square = 1 / (x * x);
  let sum = 0;
  for (let k = STIRLING.length - 1; k >= 0; k--) sum = sum * square + STIRLING[k]!;
  return sum / x;
}

/** $\log \Gamma(x)$ of a positive number. */
export function logGamma(x: number): number {
  let product = 1;
  let shifted = x;
  while (shifted < LARGE) product *= shifted++;
  const value = (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_TWO_PI + stirlingRest(shifted);
  return product === 1 ? value : value - Math.log(product);
}

/** $\psi(x) = \frac{d}{dx} \log \Gamma(x)$ of a positive number. */
export function digamma(x: number): number {
  let sum = 0;
  let shifted = x;
  while (shifted < LARGE) sum -= 1 / shifted++;
  const square = 1 / (shifted * shifted);
  const series =
    square *
    (1 / 12 -
      square *
        (1 / 120 -
          square *
            (1 / 252 - square * (1 / 240 - square * (1 / 132 - square * (691 / 32760 - square / 12))))));
  return sum + Math.log(shifted) - 0.5 / shifted - series;
}

/** $\psi'(x)$ of a positive number. */
export function trigamma(x: number): number {
  let sum = 0;
  let shifted = x;
  while (shifted < LARGE) {
    sum += 1 / (shifted * shifted);
    shifted++;
  }
  const square = 1 / (shifted * shifted);
  const series =
    1 / 6 -
    square *
      (1 / 30 -
        square * (1 / 42 - square * (1 / 30 - square * (5 / 66 - square * (691 / 2730 - (square * 7) / 6)))));
  return sum + 1 / shifted + square * 0.5 + (square * series) / shifted;
}
