import { stream } from '@tfjs-moe/core';
import { type Elementary, fieldPoint, fieldPrimes, NoSuchPoint } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';

const [prime = 0] = fieldPrimes(1);
const point = fieldPoint(prime, stream(1, 'test'));
const valueAt = (name: Elementary, at: number) => point.derivatives(name, at, 0)[0] as number;
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
      'relu(z) - relu(-z) = z',
      (z: number) => point.sub(valueAt('relu', z), valueAt('relu', minus(z))),
      (z: number) => z,
    ],
    [
      'softplus(z) - softplus(-z) = z',
      (z: number) => point.sub(valueAt('softplus', z), valueAt('softplus', minus(z))),
      (z: number) => z,
    ],
    ['z (1/z) = 1', (z: number) => point.dot([z], [valueAt('reciprocal', z)]), () => 1],
  ] as const)('%s', (_name, left, right) => {
    for (const z of arguments_) expect(left(z)).toBe(right(z));
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
