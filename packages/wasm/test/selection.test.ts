import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arena } from './arena.ts';

const memory = arena(8);

const anyScore = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  fc.float(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -3.2e38, 3.2e38, -0),
);

/** By sorting: score first, then index. */
function naive(row: readonly number[], k: number): number[] {
  const lowest = Math.fround(-3e38);
  const value = (e: number) => Math.max(Number.isNaN(row[e]) ? lowest : row[e]!, lowest);
  return row
    .map((_, e) => e)
    .sort((a, b) => (value(a) === value(b) ? a - b : value(a) > value(b) ? -1 : 1))
    .slice(0, k);
}

test('selects the largest, the first of equals, NaN last, and nothing twice', () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 12 })
        .chain((size) =>
          fc.array(fc.array(anyScore, { minLength: size, maxLength: size }), { minLength: 1, maxLength: 5 }),
        ),
      fc.integer({ min: 1, max: 14 }),
      (table, k) => {
        const [rows, size] = [table.length, table[0]!.length];
        const scores = memory.floats(table.flat());
        const masks = Array.from({ length: k }, () => memory.result(rows * size));
        memory.kernels.topKMasks(scores, rows, size, k, memory.integers(masks), memory.result(size));
        const expected = table.map((row) => naive([...Float32Array.from(row)], k));
        masks.forEach((mask, choice) => {
          expect([...memory.readFloats(mask, rows * size)]).toEqual(
            expected.flatMap((order) =>
              Array.from({ length: size }, (_, e) => (order[choice] === e ? 1 : 0)),
            ),
          );
        });
        memory.release();
      },
    ),
    { numRuns: 2000, seed: 1 },
  );
});
