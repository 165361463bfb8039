import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_TASKS } from '../../src/threads/board.ts';
import { split } from '../../src/threads/split.ts';

const group = fc.record({ rows: fc.nat(3000), cost: fc.nat(5000) });

test('every row is in one piece, and there are not too many pieces', () => {
  fc.assert(
    fc.property(
      fc.array(group, { minLength: 1, maxLength: 70 }),
      fc.integer({ min: 2, max: 16 }),
      fc.constantFrom(0, 1e4, 1e6, 1e9),
      (groups, threads, smallest) => {
        const ends = split(groups, threads, smallest);
        const rows = groups.reduce((sum, each) => sum + each.rows, 0);
        expect(ends.at(-1)).toBe(rows);
        expect(ends.length - 1).toBeLessThanOrEqual(MOST_TASKS);
        ends.slice(1).forEach((end, i) => {
          expect(end).toBeGreaterThan(ends[i]!);
        });
      },
    ),
    { numRuns: 500, seed: 1 },
  );
});

test('pieces are as large as they should be where rows are alike', () => {
  // Two threads: 0.45 for the main thread, then 0.45, 0.25, 0.15, 0.08, 0.04 and 0.03 of the rest.
  expect(split([{ rows: 10_000, cost: 1 }], 2, 0)).toEqual([4500, 6976, 8352, 9176, 9616, 9836, 10_000]);
});

test('cuts go to the border of an expert that is near, and to multiples of four rows elsewhere', () => {
  const experts = Array.from({ length: 8 }, () => ({ rows: 512, cost: 1 }));
  expect(split(experts, 2, 0)).toEqual([1844, 3072, 3420, 3760, 3940, 4028, 4096]);
});

test('small tasks are joined', () => {
  expect(split([{ rows: 10_000, cost: 1 }], 2, 2000)).toEqual([4500, 6976, 9176, 10_000]);
  expect(split([{ rows: 10_000, cost: 1 }], 2, 1e9)).toHaveLength(2);
});
