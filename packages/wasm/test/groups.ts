/** Random groups of rows and the naive products over them, in float64. */
import { stream } from '@tfjs-moe/core';
import fc from 'fast-check';
import { expect } from 'vitest';

export interface Shape {
  /** Rows of each expert. */
  readonly counts: readonly number[];
  readonly depth: number;
  readonly units: number;
  readonly seed: number;
}

// Around the multiples of 4 and 8 at which a kernel changes its path; zero included.
const size = fc.oneof(fc.integer({ min: 0, max: 19 }), fc.constantFrom(0, 1, 4, 8, 16, 31, 32, 33, 64));

export const anyShape: fc.Arbitrary<Shape> = fc.record({
  counts: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 5 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 23 }) },
    ),
    { minLength: 1, maxLength: 6 },
  ),
  depth: size,
  units: size,
  seed: fc.nat(),
});

/** Sizes beyond every block of the kernels: 512 of the depth, 256 rows, 256 KB of a packed kernel. */
export const largeShapes: readonly Shape[] = [
  { counts: [37, 0, 3, 61], depth: 1030, units: 70, seed: 1 },
  { counts: [600, 1], depth: 33, units: 41, seed: 2 },
  { counts: [5, 90], depth: 70, units: 1027, seed: 3 },
  { counts: [9], depth: 2, units: 33_001, seed: 4 },
  { counts: [257, 255], depth: 65, units: 300, seed: 5 },
];

export function offsetsOf(counts: readonly number[]): number[] {
  const offsets = [0];
  for (const count of counts) offsets.push((offsets.at(-1) as number) + count);
  return offsets;
}

/** Seeded float32 numbers in (-1, 1). */
export function numbers(count: number, seed: number, name: string): Float32Array {
  const draw = stream(seed, name);
  return Float32Array.from({ length: count }, () => 2 * draw.uniform() - 1);
}

/** Numbers, and the sums of the magnitudes of what was added: rounding is in proportion to these. */
export interface Reference {
  readonly values: Float64Array;
  readonly magnitudes: Float64Array;
}

/** Every entry of a result as a sum of terms. */
export function sums(size: number, add: (to: (i: number, term: number) => void) => void): Reference {
  const values = new Float64Array(size);
  const magnitudes = new Float64Array(size);
  add((i, term) => {
    values[i] = values[i]! + term;
    magnitudes[i] = magnitudes[i]! + Math.abs(term);
  });
  return { values, magnitudes };
}

/** Calls back for every expert and each of its rows. */
export function eachRow(counts: readonly number[], visit: (expert: number, row: number) => void): void {
  let row = 0;
  counts.forEach((count, expert) => {
    for (let i = 0; i < count; i++) visit(expert, row++);
  });
}

/** Checks results against a reference, with room for the rounding of float32. */
export function expectSums(actual: Float32Array, { values, magnitudes }: Reference, tolerance = 2e-6): void {
  expect(actual.length).toBe(values.length);
  actual.forEach((value, i) => {
    const error = Math.abs(value - values[i]!);
    if (!(error <= tolerance * magnitudes[i]!)) {
      expect.fail(`number ${i} is ${value} instead of ${values[i]}`);
    }
  });
}

/** Checks results to 1e-5 of the largest expected number, or of 1e-3 where all are smaller. */
export function expectNear(actual: Float32Array, expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  expected.forEach((value, i) => {
    const found = actual[i]!;
    if (!(Math.abs(found - value) <= 1e-5 * scale))
      expect.fail(`number ${i} is ${found} instead of ${value}`);
  });
}

/** Checks that two results have the same numbers, NaN included. Thousands of times faster than `toEqual`. */
export function expectSame(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    if (!Object.is(actual[i], expected[i]))
      expect.fail(`number ${i} is ${actual[i]} instead of ${expected[i]}`);
  }
}
