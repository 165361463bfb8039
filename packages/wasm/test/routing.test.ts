import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arena } from './arena.ts';

const memory = arena(32);

const anyTable = fc.integer({ min: 1, max: 21 }).chain((experts) =>
  fc.record({
    experts: fc.constant(experts),
    tokens: fc.array(fc.uniqueArray(fc.nat({ max: experts - 1 }), { maxLength: 3 }), { maxLength: 12 }),
  }),
);

test('sorts the selected pairs by expert, tokens in their order, and finds them again from both sides', () => {
  fc.assert(
    fc.property(anyTable, ({ experts, tokens }) => {
      const table = tokens.flatMap((chosen) =>
        Array.from({ length: experts }, (_, e) => (chosen.includes(e) ? 1 : 0)),
      );
      const pairs = Array.from({ length: experts }, (_, e) =>
        tokens.flatMap((chosen, t) => (chosen.includes(e) ? [{ t, e }] : [])),
      );
      const sorted = pairs.flat();
      const selected = memory.floats(table);
      const offsets = memory.result(experts + 1);
      expect(memory.kernels.countSelected(selected, tokens.length, experts, offsets)).toBe(sorted.length);
      const starts = memory.readIntegers(offsets, experts + 1);
      expect([...starts]).toEqual(
        Array.from({ length: experts + 1 }, (_, e) => pairs.slice(0, e).flat().length),
      );

      const [token, cell] = [memory.result(sorted.length), memory.result(sorted.length)];
      const row = memory.result(3 * tokens.length);
      memory.kernels.sortSelected(
        selected,
        tokens.length,
        experts,
        3,
        memory.integers(starts),
        token,
        cell,
        row,
      );
      expect([...memory.readIntegers(token, sorted.length)]).toEqual(sorted.map(({ t }) => t));
      expect([...memory.readIntegers(cell, sorted.length)]).toEqual(
        sorted.map(({ t, e }) => t * experts + e),
      );
      const found = memory.readIntegers(row, 3 * tokens.length);
      tokens.forEach((chosen, t) => {
        const rows = [...chosen]
          .sort((a, b) => a - b)
          .map((expert) => sorted.findIndex((pair) => pair.t === t && pair.e === expert));
        expect([...found.slice(3 * t, 3 * t + 3)]).toEqual([...rows, -1, -1, -1].slice(0, 3));
      });
      memory.release();
    }),
    { numRuns: 2000, seed: 1 },
  );
});
