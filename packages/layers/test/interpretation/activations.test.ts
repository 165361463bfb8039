import * as tf from '@tensorflow/tfjs-core';
import { type Activation, activations } from '@tfjs-moe/core';
import { assertClose } from '@tfjs-moe/core/testing';
import { describe, expect, test } from 'vitest';
import { activate } from '../../src/interpretation/activations.ts';
import { assertSameGradients, type Twins } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';

/** erf by the trapezium rule on its integral: slow, and nothing like a series or a rational approximation. */
function erf(z: number): number {
  const steps = 4000;
  const h = z / steps;
  let sum = (1 + Math.exp(-z * z)) / 2;
  for (let i = 1; i < steps; i++) sum += Math.exp(-((i * h) ** 2));
  return (2 / Math.sqrt(Math.PI)) * h * sum;
}

/** The formulas as they stand in the papers. */
const formulas: Readonly<Record<Activation, (z: number) => number>> = {
  identity: (z) => z,
  relu: (z) => Math.max(z, 0),
  gelu: (z) => (z * (1 + erf(z / Math.SQRT2))) / 2,
  geluTanh: (z) => (z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3)))) / 2,
  tanh: Math.tanh,
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  silu: (z) => z / (1 + Math.exp(-z)),
  softplus: (z) => Math.log(1 + Math.exp(z)),
};

// No zero, where relu has no derivative.
const grid = Array.from({ length: 80 }, (_, i) => (i - 39.5) / 5);

/** What z = -1e4 and z = 1e4 must give. */
const limits: Readonly<Record<Activation, readonly [number, number]>> = {
  identity: [-1e4, 1e4],
  relu: [0, 1e4],
  gelu: [0, 1e4],
  geluTanh: [0, 1e4],
  tanh: [-1, 1],
  sigmoid: [0, 1],
  silu: [0, 1e4],
  softplus: [0, 1e4],
};

onEveryBackend(() => {
  describe.each([...activations])('%s', (name) => {
    const twins: Twins = {
      inputs: [{ shape: [grid.length], data: grid }],
      tensor: (z) => activate(name, z as tf.Tensor),
      float64: (z) => (z as Float64Array).map(formulas[name]),
    };

    test('has the value of its formula', () => {
      tf.tidy(() => {
        const exact = grid.map(Math.fround);
        const values = activate(name, tf.tensor1d(exact)).dataSync();
        assertClose(values, exact.map(formulas[name]), name, 1e-6);
      });
    });

    test('has the gradient of its formula', () => assertSameGradients(name, twins, 1e-6));

    test('is finite far out, and so is its gradient', () => {
      tf.tidy(() => {
        const far = tf.tensor1d([-1e4, 1e4]);
        const [left, right] = activate(name, far).dataSync();
        expect(left).toBeCloseTo(limits[name][0], 6);
        expect(right).toBeCloseTo(limits[name][1], 6);
        const slopes = tf
          .grad((z) => tf.sum(activate(name, z)))(far)
          .dataSync();
        expect(Array.from(slopes).every(Number.isFinite)).toBe(true);
      });
    });
  });
});
