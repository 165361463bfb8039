import { stream } from '@tfjs-moe/core';
import fc from 'fast-check';
import { test } from 'vitest';
import { arena } from './arena.ts';
import { anyShape, eachRow, expectSums, numbers, offsetsOf, sums } from './groups.ts';

const memory = arena(64);

test('sums the rows of each group', () => {
  const longer = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(anyShape, longer, ({ units, seed }, counts) => {
      const rows = counts.reduce((a, b) => a + b, 0);
      const x = numbers(rows * units, seed, 'x');
      const out = memory.result(counts.length * units);
      memory.kernels.sumGroups(
        memory.floats(x),
        memory.integers(offsetsOf(counts)),
        counts.length,
        out,
        units,
      );
      const reference = sums(counts.length * units, (add) => {
        eachRow(counts, (e, r) => {
          for (let u = 0; u < units; u++) add(e * units + u, x[r * units + u]!);
        });
      });
      expectSums(memory.readFloats(out, counts.length * units), reference);
      memory.release();
    }),
    { numRuns: 1000, seed: 1 },
  );
});

test('sums rows by index and leaves out those that are no group', () => {
  fc.assert(
    fc.property(anyShape, fc.integer({ min: 1, max: 6 }), ({ units, seed }, groups) => {
      const draw = stream(seed, 'index');
      const index = Array.from({ length: draw.integer(20) }, () => draw.integer(groups + 2) - 1);
      const x = numbers(index.length * units, seed, 'x');
      const out = memory.result(groups * units);
      memory.kernels.sumByIndex(memory.floats(x), memory.integers(index), out, index.length, groups, units);
      const reference = sums(groups * units, (add) => {
        index.forEach((group, r) => {
          if (group < 0 || group >= groups) return;
          for (let u = 0; u < units; u++) add(group * units + u, x[r * units + u]!);
        });
      });
      expectSums(memory.readFloats(out, groups * units), reference);
      memory.release();
    }),
    { numRuns: 1000, seed: 2 },
  );
});
