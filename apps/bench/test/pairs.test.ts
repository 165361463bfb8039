import { expect, test } from 'vitest';
import { median, quantile, ratioOf, takeTurns } from '../src/pairs.ts';

const effort = { rounds: 6, atLeastMs: 0, slowMs: 1e9 };

test('contenders take turns, back and forth, after a warm-up', async () => {
  const turns: string[] = [];
  const contender = (name: string) => ({ name, run: () => void turns.push(name) });
  const timings = await takeTurns([contender('a'), contender('b')], effort);
  const measured = turns.join('').slice(-2 * [...timings.values()].flat().length);
  expect(turns.join('')).toMatch(/^a{3,}b{3,}/);
  expect(measured.replaceAll(/(.)\1+/g, '$1')).toMatch(/^(ab)+a?$/);
  expect(timings.get('a')).toHaveLength(6);
  expect(timings.get('b')).toHaveLength(6);
});

test('short work is repeated until it is long enough to measure, slow work has fewer turns', async () => {
  let [runs, slow] = [0, 0];
  const wait = (ms: number) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  };
  const timings = await takeTurns(
    [
      { name: 'short', run: () => void runs++ },
      {
        name: 'slow',
        run: () => {
          slow++;
          wait(12);
        },
      },
    ],
    { rounds: 5, atLeastMs: 1, slowMs: 10 },
  );
  expect(runs).toBeGreaterThan(50);
  expect(slow).toBe(2);
  expect(timings.get('slow')).toHaveLength(2);
});

test('ratios are paired before they are summarised', () => {
  const timings = new Map([
    ['a', [1, 10, 100]],
    ['b', [2, 10, 400]],
  ]);
  expect(ratioOf(timings, 'a', 'b')).toEqual({ median: 0.5, spread: [0.375, 0.75] });
  expect(ratioOf(timings, 'a', 'nobody').median).toBeNaN();
  expect(median(timings, 'b')).toBe(10);
});

test('quantiles interpolate', () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([1, 2], 0.25)).toBe(1.25);
  expect(quantile([], 0.5)).toBeNaN();
});
