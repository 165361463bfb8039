import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activations } from '../../src/activation.ts';
import { arrayActivations } from '../../src/array/activations.ts';

// Written in other ways than the library's own.
const formulas: Record<(typeof activations)[number], (z: number) => number> = {
  identity: (z) => z,
  relu: (z) => (z + Math.abs(z)) / 2,
  gelu: (z) => z * simpson((t) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI), -12, z),
  geluTanh: (z) => (z / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z))),
  tanh: (z) => (Math.exp(2 * z) - 1) / (Math.exp(2 * z) + 1),
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  silu: (z) => z / (1 + Math.exp(-z)),
  softplus: (z) => Math.log(1 + Math.exp(z)),
};

describe('activations', () => {
  test.each(activations)('%s is its formula', (name) => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (z) => {
        expect(arrayActivations[name](z)).toBeCloseTo(formulas[name](z), 10);
      }),
    );
  });

  test.each(activations)('%s never overflows', (name) => {
    for (const z of [-1e300, -1000, -0, 0, 1000, 1e100]) {
      expect(Number.isFinite(arrayActivations[name](z)), `${name}(${z})`).toBe(true);
    }
  });

  test.each(activations)('%s does not hide NaN', (name) => {
    expect(arrayActivations[name](Number.NaN)).toBeNaN();
  });
});

function simpson(f: (t: number) => number, from: number, to: number): number {
  const steps = 4000;
  const width = (to - from) / steps;
  let sum = f(from) + f(to);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * f(from + i * width);
  return (sum * width) / 3;
}
