import type { Activation } from '../activation.ts';
import { normalCdf } from './special.ts';

function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/**
 * The activations in float64, written so that no argument overflows.
 */
export const arrayActivations: Readonly<Record<Activation, (z: number) => number>> = {
  identity: (z) => z,
  relu: (z) => (z > 0 || Number.isNaN(z) ? z : 0),
  gelu: (z) => z * normalCdf(z),
  // tanh(u) = 2 sigmoid(2u) - 1 turns z (1 + tanh(u)) / 2 into z sigmoid(2u).
  geluTanh: (z) => z * sigmoid(2 * Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3)),
  tanh: Math.tanh,
  sigmoid,
  silu: (z) => z * sigmoid(z),
  softplus: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
};
