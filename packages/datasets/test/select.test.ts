import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shuffledRows, spreadRows, subsetSizes, takeRows } from '../src/select.ts';

const sizes = fc
  .integer({ min: 1, max: 200 })
  .chain((size) => fc.record({ size: fc.constant(size), count: fc.integer({ min: 1, max: size }) }));

test('shuffledRows gives different rows, the same for the same seed', () => {
  fc.assert(
    fc.property(sizes, fc.integer(), ({ size, count }, seed) => {
      const rows = shuffledRows(size, count, seed, 'a');
      expect(new Set(rows).size).toBe(count);
      expect(Math.max(...rows)).toBeLessThan(size);
      expect(shuffledRows(size, count, seed, 'a')).toEqual(rows);
      expect(shuffledRows(size, size, seed, 'a').subarray(0, count)).toEqual(rows);
    }),
  );
  expect(shuffledRows(100, 100, 1, 'a')).not.toEqual(shuffledRows(100, 100, 1, 'b'));
});

test('spreadRows keeps the order and reaches from the beginning to the end', () => {
  fc.assert(
    fc.property(sizes, ({ size, count }) => {
      const rows = Array.from(spreadRows(size, count));
      expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
      expect(rows[0]).toBe(0);
      expect(size - rows.at(-1)!).toBeLessThanOrEqual(Math.ceil(size / count));
    }),
  );
  expect(Array.from(spreadRows(3, 3))).toEqual([0, 1, 2]);
});

test('takeRows copies whole rows and keeps the type', () => {
  const column = new Float32Array([0, 1, 10, 11, 20, 21]);
  const taken = takeRows(column, new Uint32Array([2, 0]), 2);
  expect(taken).toEqual(new Float32Array([20, 21, 0, 1]));
  taken[0] = 7;
  expect(column[4]).toBe(20);
});

test('subsetSizes', () => {
  const available = { train: 60, test: 10 };
  expect(subsetSizes('x', undefined, available)).toEqual(available);
  expect(subsetSizes('x', 20, available)).toEqual({ train: 20, test: 10 });
  expect(subsetSizes('x', { train: 20 }, available)).toEqual({ train: 20, test: 10 });
  expect(subsetSizes('x', { test: 3 }, available)).toEqual({ train: 60, test: 3 });
  for (const wrong of [0, 61, 1.5, Number.NaN]) {
    expect(() => subsetSizes('mnist', wrong, available)).toThrow(
      '[tfjs-moe] mnist: subset must be an integer between 1 and 60. Received: ',
    );
  }
  expect(() => subsetSizes('mnist', { test: 11 }, available)).toThrow(
    '[tfjs-moe] mnist: subset.test must be an integer between 1 and 10. Received: 11.',
  );
  expect(() => subsetSizes('mnist', 'all' as never, available)).toThrow('a number or { train, test }');
});
