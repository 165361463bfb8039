import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arena } from './arena.ts';
import {
  anyShape,
  eachRow,
  expectSums,
  largeShapes,
  numbers,
  offsetsOf,
  type Shape,
  sums,
} from './groups.ts';

const memory = arena();

function check({ counts, depth, units, seed }: Shape): void {
  const rows = counts.reduce((a, b) => a + b, 0);
  const experts = counts.length;
  const x = numbers(rows * depth, seed, 'x');
  const dy = numbers(rows * units, seed, 'dy');
  const out = memory.result(experts * depth * units);
  memory.kernels.groupedKernelGradient(
    memory.floats(x),
    memory.integers(offsetsOf(counts)),
    experts,
    memory.floats(dy),
    out,
    depth,
    units,
    0,
    experts * depth,
    memory.workspace,
  );
  const actual = memory.readFloats(out, experts * depth * units);
  memory.release();
  const reference = sums(experts * depth * units, (add) => {
    eachRow(counts, (e, r) => {
      for (let k = 0; k < depth; k++) {
        for (let u = 0; u < units; u++) {
          add((e * depth + k) * units + u, x[r * depth + k]! * dy[r * units + u]!);
        }
      }
    });
  });
  expectSums(actual, reference);
}

test('the gradient to the kernels equals the naive sum for any groups and sizes', () => {
  fc.assert(fc.property(anyShape, check), { numRuns: 2000, seed: 1 });
});

test.each(largeShapes)('the same beyond the blocks, %o', check);

test('shares of its rows, cut anywhere, give the same bits', () => {
  fc.assert(
    fc.property(anyShape, fc.double({ min: 0, max: 1, noNaN: true }), (shape, fraction) => {
      const { counts, depth, units, seed } = shape;
      const [rows, experts] = [counts.reduce((a, b) => a + b, 0), counts.length];
      const x = memory.floats(numbers(rows * depth, seed, 'x'));
      const dy = memory.floats(numbers(rows * units, seed, 'dy'));
      const offsets = memory.integers(offsetsOf(counts));
      const size = experts * depth * units;
      const [whole, cut] = [memory.result(size), memory.result(size)];
      const compute = (out: number, from: number, to: number) =>
        memory.kernels.groupedKernelGradient(
          ...([x, offsets, experts, dy, out, depth, units, from, to, memory.workspace] as const),
        );
      compute(whole, 0, experts * depth);
      const at = Math.round(fraction * experts * depth);
      compute(cut, at, experts * depth);
      compute(cut, 0, at);
      expect(memory.readFloats(cut, size)).toEqual(memory.readFloats(whole, size));
      memory.release();
    }),
    { numRuns: 300, seed: 2 },
  );
});

test('experts without rows get zeros, not what was there', () => {
  const out = memory.result(3 * 2 * 5);
  const [x, dy] = [memory.floats([1, 2]), memory.floats([3, 4, 5, 6, 7])];
  memory.kernels.groupedKernelGradient(
    x,
    memory.integers([0, 0, 1, 1]),
    3,
    dy,
    out,
    2,
    5,
    0,
    6,
    memory.workspace,
  );
  const zeros = new Array(10).fill(0);
  expect([...memory.readFloats(out, 30)]).toEqual([...zeros, 3, 4, 5, 6, 7, 6, 8, 10, 12, 14, ...zeros]);
  memory.release();
});
