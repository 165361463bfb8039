import { type Derivatives, write } from './derivatives.ts';
import { sigmoid } from './logistic.ts';

const SLOPE = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/**
 * The tanh form of GELU and its derivatives: $f = z\,\sigma(u)$ with $u = 2\sqrt{2/\pi}\,(z + 0.044715\,z^3)$.
 *
 * The same function as $\frac z2\bigl(1 + \tanh\frac u2\bigr)$, without the cancellation of $1 + \tanh$ on the left.
 *
 * Source: Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016).
 */
export const geluTanh: Derivatives = (z, out) => {
  const inner = SLOPE * (1 + 3 * CUBIC * z * z);
  sigmoid(SLOPE * z * (1 + CUBIC * z * z), out);
  const [value = 0, first = 0, second = 0] = out;
  // Where the logistic function is constant in float64, the powers of z may be infinite.
  if (first === 0) {
    write(out, Math.max(z, 0), value, 0);
    return;
  }
  const twice = second * inner * inner + first * (SLOPE * 6 * CUBIC * z);
  write(out, z * value, value + z * first * inner, 2 * first * inner + z * twice);
};
