import fc from 'fast-check';
import { expect, test } from 'vitest';
import { movingAverage } from '../../src/report/moving-average.ts';

test('a straight line stays what it is, up to both ends', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.nat(9), (length, reach) => {
      const line = Array.from({ length }, (_, i) => 3 - 2 * i);
      expect(movingAverage(line, reach)).toEqual(line);
    }),
  );
});

test('the middle averages over the whole window', () => {
  expect(movingAverage([0, 0, 9, 0, 0], 1)).toEqual([0, 3, 3, 3, 0]);
});
