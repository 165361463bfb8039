import type { Activation } from '@tfjs-moe/core';
import { normalCdf as cdf, normalDensity } from '../special/normal.ts';
import { type Derivatives, write } from './derivatives.ts';
import { gelu } from './gelu.ts';
import { geluTanh } from './gelu-tanh.ts';
import { sigmoid, silu, softplus, tanh } from './logistic.ts';

/** Name of an elementary function: what an interpretation must know besides sums and products. */
export type Elementary = Activation | 'exp' | 'log' | 'sqrt' | 'reciprocal' | 'normalCdf';

/**
 * Every elementary function of Ops and GateOps with its first two derivatives in float64: the activations, and
 * exp, log, the square root, the reciprocal and the normal distribution function.
 *
 * At its kink ReLU has the derivatives of its left side, 0, as in tfjs.
 */
export const elementary: Readonly<Record<Elementary, Derivatives>> = {
  identity: (z, out) => write(out, z, 1, 0),
  relu: (z, out) => write(out, z > 0 || Number.isNaN(z) ? z : 0, z > 0 ? 1 : 0, 0),
  gelu,
  geluTanh,
  tanh,
  sigmoid,
  silu,
  softplus,
  exp(z, out) {
    const value = Math.exp(z);
    write(out, value, value, value);
  },
  log: (z, out) => write(out, Math.log(z), 1 / z, -1 / (z * z)),
  sqrt(z, out) {
    const root = Math.sqrt(z);
    write(out, root, 0.5 / root, -0.25 / (z * root));
  },
  reciprocal(z, out) {
    const value = 1 / z;
    write(out, value, -value * value, 2 * value * value * value);
  },
  normalCdf(z, out) {
    const density = normalDensity(z);
    write(out, cdf(z, density), density, density === 0 ? 0 : -z * density);
  },
};
