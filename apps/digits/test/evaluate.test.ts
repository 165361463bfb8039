import { expect, test } from 'vitest';
import { evaluate, largestDifference } from '../src/evaluate.ts';
import { sampleDigits } from './sample-digits.ts';

test('evaluate counts right answers and averages cross-entropies', () => {
  const data = sampleDigits(3);
  const all = new Float32Array(30).fill(0.05);
  all[0] = 0.55; // right
  all[10] = 0.55; // a 0 for a 1
  all.fill(0.1, 20); // all equal: the first wins, a 0 for a 2
  const { right, hits, accuracy, loss } = evaluate(all, data);
  expect(right).toBe(1);
  expect(Array.from(hits)).toEqual([1, 0, 0]);
  expect(accuracy).toBeCloseTo(1 / 3);
  expect(loss).toBeCloseTo(-(Math.log(0.55) + Math.log(0.05) + Math.log(0.1)) / 3, 5);
});

test('evaluate stays finite for a probability of zero and fails every image of a network that returns NaN', () => {
  const data = sampleDigits(1);
  expect(evaluate(new Float32Array(10), data).loss).toBeGreaterThan(100);
  expect(evaluate(new Float32Array(10).fill(Number.NaN), data).right).toBe(0);
});

test('largestDifference', () => {
  const numbers = (...values: number[]) => new Float32Array(values);
  expect(largestDifference(numbers(1, 2), numbers(1, 2))).toBe(0);
  expect(largestDifference(numbers(1, 2, 3), numbers(1, 2.5, 2.75))).toBe(0.5);
  expect(largestDifference(numbers(1, Number.NaN), numbers(1, 2))).toBe(Number.POSITIVE_INFINITY);
  expect(largestDifference(numbers(Number.NaN, 1), numbers(0, 9))).toBe(Number.POSITIVE_INFINITY);
  expect(largestDifference(numbers(1), numbers(1, 2))).toBe(Number.POSITIVE_INFINITY);
});
