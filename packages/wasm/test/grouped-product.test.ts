import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arena } from './arena.ts';
import {
  anyShape,
  eachRow,
  expectSame,
  expectSums,
  largeShapes,
  numbers,
  offsetsOf,
  type Shape,
  sums,
} from './groups.ts';

const memory = arena();

interface Options {
  readonly bias: boolean;
  readonly transposed: boolean;
  readonly relu?: boolean;
}

function computed({ counts, depth, units, seed }: Shape, { bias, transposed, relu = false }: Options) {
  const rows = counts.reduce((a, b) => a + b, 0);
  const experts = counts.length;
  const x = numbers(rows * depth, seed, 'x');
  const kernels = numbers(experts * depth * units, seed, 'kernels');
  const biases = numbers(experts * units, seed, 'bias');
  const y = memory.result(rows * units);
  memory.kernels.groupedProduct(
    memory.floats(x),
    memory.integers(offsetsOf(counts)),
    experts,
    memory.floats(kernels),
    bias ? memory.floats(biases) : 0,
    y,
    depth,
    units,
    transposed ? 1 : 0,
    relu ? 1 : 0,
    0,
    rows,
    memory.workspace,
  );
  const actual = memory.readFloats(y, rows * units);
  memory.release();
  return { actual, x, kernels, biases, rows };
}

function check(shape: Shape, options: Options): void {
  const { counts, depth, units } = shape;
  const { actual, x, kernels, biases, rows } = computed(shape, options);
  const reference = sums(rows * units, (add) => {
    eachRow(counts, (e, r) => {
      for (let u = 0; u < units; u++) {
        if (options.bias) add(r * units + u, biases[e * units + u]!);
        for (let k = 0; k < depth; k++) {
          const at = options.transposed ? (e * units + u) * depth + k : (e * depth + k) * units + u;
          add(r * units + u, x[r * depth + k]! * kernels[at]!);
        }
      }
    });
  });
  expectSums(actual, reference);
}

describe.each([
  { bias: false, transposed: false },
  { bias: true, transposed: false },
  { bias: false, transposed: true },
  { bias: true, transposed: true },
])('grouped product, %o', (options) => {
  test('equals the naive product for any groups and sizes', () => {
    fc.assert(
      fc.property(anyShape, (shape) => check(shape, options)),
      { numRuns: 1000, seed: 1 },
    );
  });

  test.each(largeShapes)('equals the naive product beyond the blocks, %o', (shape) => check(shape, options));
});

test('rows do not depend on their neighbours: every split gives the same bits', () => {
  const whole = { counts: [23], depth: 530, units: 37, seed: 7 };
  const { actual } = computed(whole, { bias: true, transposed: false });
  const x = numbers(23 * 530, 7, 'x');
  const kernels = memory.floats(numbers(530 * 37, 7, 'kernels'));
  const bias = memory.floats(numbers(37, 7, 'bias'));
  for (let row = 0; row < 23; row += 3) {
    const count = Math.min(3, 23 - row);
    const y = memory.result(count * 37);
    memory.kernels.groupedProduct(
      memory.floats(x.subarray(row * 530, (row + count) * 530)),
      memory.integers([0, count]),
      1,
      kernels,
      bias,
      y,
      530,
      37,
      0,
      0,
      0,
      count,
      memory.workspace,
    );
    expect(memory.readFloats(y, count * 37)).toEqual(actual.slice(row * 37, (row + count) * 37));
  }
  memory.release();
});

test('shares of the rows, cut anywhere, give the same bits', () => {
  fc.assert(
    fc.property(
      anyShape,
      fc.boolean(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (shape, transposed, fraction) => {
        const { counts, depth, units } = shape;
        const { actual, x, kernels, biases, rows } = computed(shape, { bias: true, transposed });
        const y = memory.result(rows * units);
        const inputs = [memory.floats(x), memory.integers(offsetsOf(counts)), counts.length] as const;
        const [by, bias] = [memory.floats(kernels), memory.floats(biases)];
        const compute = (from: number, to: number) =>
          memory.kernels.groupedProduct(
            ...inputs,
            ...([by, bias, y, depth, units, transposed ? 1 : 0, 0, from, to, memory.workspace] as const),
          );
        const at = Math.round(fraction * rows);
        compute(at, rows);
        compute(0, at);
        expect(memory.readFloats(y, rows * units)).toEqual(actual);
        memory.release();
      },
    ),
    { numRuns: 300, seed: 2 },
  );
});

test.each([4, 7])('few rows, as %i, take another way to the same bits', (few) => {
  const shape = { counts: [few], depth: 61, units: 12, seed: 8 };
  const { actual, x, kernels } = computed(shape, { bias: false, transposed: false });
  const y = memory.result(2 * few * 12);
  memory.kernels.groupedProduct(
    memory.floats([...x, ...x]),
    memory.integers([0, 2 * few]),
    1,
    memory.floats(kernels),
    0,
    y,
    61,
    12,
    0,
    0,
    0,
    2 * few,
    memory.workspace,
  );
  expect(memory.readFloats(y, few * 12)).toEqual(actual);
  memory.release();
});

test('with ReLU, the positive part of the same bits', () => {
  fc.assert(
    fc.property(anyShape, fc.boolean(), fc.boolean(), (shape, bias, transposed) => {
      const { actual } = computed(shape, { bias, transposed });
      const positive = computed(shape, { bias, transposed, relu: true }).actual;
      expectSame(
        positive,
        actual.map((value) => Math.max(value, 0)),
      );
    }),
    { numRuns: 300, seed: 3 },
  );
  const [nothing] = computed(
    { counts: [0, 3], depth: 0, units: 5, seed: 9 },
    { bias: true, transposed: false, relu: true },
  ).actual;
  expect(nothing).toBeGreaterThanOrEqual(0);
});
