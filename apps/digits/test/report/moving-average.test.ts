import fc from 'fast-check';
import { expect, test } from 'vitest';
import { movingAverage } from '../../src/report/moving-average.ts';

test('a straight line stays what it is, until windows reach beyond the end', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.nat(9), (length, reach) => {
      const line = Array.from({ length }, (_, i) => 3 - 2 * i);
      const inside = Math.max(0, length - reach);
      expect(movingAverage(line, reach).slice(0, inside)).toEqual(line.slice(0, inside));
    }),
  );
});

test('the middle averages over the whole window', () => {
  expect(movingAverage([0, 0, 9, 0, 0], 1)).toEqual([0, 3, 3, 3, 0]);
  expect(movingAverage([6, 0, 0, 0, 9], 2)).toEqual([6, 2, 3, 2.25, 3]);
});
