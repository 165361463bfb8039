/**
 * The logistic function $\sigma(z) = 1/(1 + e^{-z})$ and the activations made of it.
 *
 * $\sigma' = \sigma(1-\sigma)$ and $\sigma'' = \sigma'(1 - 2\sigma)$; $\tanh z = 2\sigma(2z) - 1$;
 * $\mathrm{silu} = z\,\sigma$; $\mathrm{softplus}' = \sigma$. All are written in $e = e^{-|z|} \le 1$, so that nothing
 * overflows and $1 - \sigma$ and $1 - \tanh^2$ keep their digits in the tails, where subtraction would lose them.
 */
import { type Derivatives, write } from './derivatives.ts';

export const sigmoid: Derivatives = (z, out) => {
  const e = Math.exp(-Math.abs(z));
  const sum = 1 + e;
  const first = e / (sum * sum);
  // 1 - 2 sigma = -tanh(z / 2)
  const tilt = Math.expm1(-Math.abs(z)) / sum;
  write(out, (z >= 0 ? 1 : e) / sum, first, z >= 0 ? first * tilt : -first * tilt);
};

export const tanh: Derivatives = (z, out) => {
  const value = Math.tanh(z);
  const e = Math.exp(-2 * Math.abs(z));
  const first = (4 * e) / ((1 + e) * (1 + e));
  write(out, value, first, -2 * value * first);
};

export const silu: Derivatives = (z, out) => {
  sigmoid(z, out);
  const [value = 0, first = 0, second = 0] = out;
  // Infinity times zero is NaN; far out the derivatives of sigma are zero, and so is sigma on the left.
  if (first === 0) write(out, Math.max(z, 0), value, 0);
  else write(out, z * value, value + z * first, 2 * first + z * second);
};

export const softplus: Derivatives = (z, out) => {
  sigmoid(z, out);
  const [value = 0, first = 0] = out;
  write(out, Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), value, first);
};
