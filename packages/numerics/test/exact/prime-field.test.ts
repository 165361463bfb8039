import { stream } from '@tfjs-moe/core';
import type { Elementary } from '@tfjs-moe/numerics';
import { fieldPoint, fieldPrimes, NoSuchPoint } from '@tfjs-moe/numerics/exact';
import { describe, expect, test } from 'vitest';

const [prime = 0] = fieldPrimes(1);
const point = fieldPoint(prime, stream(1, 'test'));
const derivativeAt = (name: Elementary, order: 0 | 1 | 2, at: number) =>
  point.derivatives(name, at, order)[order]!;
const valueAt = (name: Elementary, at: number) => derivativeAt(name, 0, at);
const minus = (a: number) => point.sub(0, a);

test('the primes are the largest below 2^26 that are 3 modulo 4', () => {
  expect(fieldPrimes(2)).toEqual([67108859, 67108819]);
  expect(fieldPrimes(20).every((p) => p % 4 === 3)).toBe(true);
});

test('numbers are their residues', () => {
  expect(point.dot([point.constant(0.75)], [4])).toBe(3);
  expect(point.add(point.constant(-2.5), point.constant(2.5))).toBe(0);
});

describe('identities hold at every argument', () => {
  const arguments_ = Array.from({ length: 50 }, () => point.draw());

  test.each([
    [
      'exp(z) exp(-z) = 1',
      (z: number) => point.dot([valueAt('exp', z)], [valueAt('exp', minus(z))]),
      () => 1,
    ],
    [
      'Phi(z) + Phi(-z) = 1',
      (z: number) => point.add(valueAt('normalCdf', z), valueAt('normalCdf', minus(z))),
      () => 1,
    ],
    [
      'the density is even',
      (z: number) => derivativeAt('normalCdf', 1, z),
      (z: number) => derivativeAt('normalCdf', 1, minus(z)),
    ],
    ['z (1/z) = 1', (z: number) => point.dot([z], [valueAt('reciprocal', z)]), () => 1],
  ] as const)('%s', (_name, left, right) => {
    for (const z of arguments_) expect(left(z)).toBe(right(z));
  });

  // Of f(z) - f(-z) = z the first derivative is f'(z) + f'(-z) = 1 and the second f''(z) - f''(-z) = 0.
  test.each(['relu', 'softplus', 'silu', 'gelu', 'geluTanh'] as const)(
    'f(z) - f(-z) = z of %s, and what follows for its derivatives',
    (name) => {
      for (const z of arguments_) {
        const [left, right] = [z, minus(z)].map((at) => point.derivatives(name, at, 2)) as [
          number[],
          number[],
        ];
        expect(point.sub(left[0]!, right[0]!)).toBe(z);
        expect(point.add(left[1]!, right[1]!)).toBe(1);
        expect(point.sub(left[2]!, right[2]!)).toBe(0);
      }
    },
  );

  // And of f(z) + f(-z) = c they are f'(z) - f'(-z) = 0 and f''(z) + f''(-z) = 0.
  test.each([
    ['sigmoid', 1],
    ['tanh', 0],
    ['normalCdf', 1],
  ] as const)('f(z) + f(-z) is constant of %s, and what follows for its derivatives', (name, sum) => {
    for (const z of arguments_) {
      const [left, right] = [z, minus(z)].map((at) => point.derivatives(name, at, 2)) as [number[], number[]];
      expect(point.add(left[0]!, right[0]!)).toBe(sum);
      expect(point.sub(left[1]!, right[1]!)).toBe(0);
      expect(point.add(left[2]!, right[2]!)).toBe(0);
    }
  });

  test('a root squares to its argument, or there is none', () => {
    let none = 0;
    for (const z of arguments_) {
      try {
        const root = valueAt('sqrt', z);
        expect(point.dot([root], [root])).toBe(z);
      } catch (error) {
        expect(error).toBeInstanceOf(NoSuchPoint);
        none++;
      }
    }
    expect(none).toBeGreaterThan(5);
    expect(none).toBeLessThan(45);
  });
});

test('what a field has not is refused', () => {
  expect(() => valueAt('reciprocal', 0)).toThrow(NoSuchPoint);
  expect(() => point.greater(1, 2)).toThrow('has no order');
});
