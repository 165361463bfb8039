import { stream } from '@tfjs-moe/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arena } from './arena.ts';
import { expectSums, numbers, sums } from './groups.ts';

const memory = arena(32);

const anySizes = fc.record({
  tokens: fc.integer({ min: 1, max: 9 }),
  experts: fc.integer({ min: 1, max: 5 }),
  perToken: fc.integer({ min: 1, max: 3 }),
  features: fc.integer({ min: 0, max: 21 }),
  seed: fc.nat(),
});

/** Rows of tokens in any order, some of them empty, some tokens without rows. */
function drawn({
  tokens,
  experts,
  perToken,
  seed,
}: {
  tokens: number;
  experts: number;
  perToken: number;
  seed: number;
}) {
  const draw = stream(seed, 'rows');
  const cell: number[] = [];
  const row = new Int32Array(tokens * perToken).fill(-1);
  for (let t = 0; t < tokens; t++) {
    const chosen = [...draw.permutation(experts)].slice(0, perToken);
    let found = 0;
    for (const e of chosen) {
      if (draw.uniform() < 0.2) continue;
      if (draw.uniform() < 0.2) cell.push(-1);
      row[t * perToken + found++] = cell.length;
      cell.push(t * experts + e);
    }
  }
  return { cell, row, token: cell.map((pair) => (pair < 0 ? -1 : Math.floor(pair / experts))) };
}

test('gathers rows, and zeros for no row', () => {
  fc.assert(
    fc.property(anySizes, ({ features, ...sizes }) => {
      const { token } = drawn(sizes);
      const x = numbers(sizes.tokens * features, sizes.seed, 'x');
      const out = memory.result(token.length * features);
      memory.kernels.gatherRows(memory.floats(x), memory.integers(token), out, token.length, 4 * features);
      const expected = token.flatMap((t) =>
        Array.from({ length: features }, (_, f) => (t < 0 ? 0 : x[t * features + f])),
      );
      expect([...memory.readFloats(out, expected.length)]).toEqual(expected);
      memory.release();
    }),
    { numRuns: 1000, seed: 1 },
  );
});

test('sums the rows of each token', () => {
  fc.assert(
    fc.property(anySizes, ({ features, ...sizes }) => {
      const { row, cell } = drawn(sizes);
      const x = numbers(cell.length * features, sizes.seed, 'x');
      const out = memory.result(sizes.tokens * features);
      memory.kernels.sumRows(
        memory.floats(x),
        memory.integers(row),
        out,
        sizes.tokens,
        sizes.perToken,
        features,
      );
      const reference = sums(sizes.tokens * features, (add) => {
        row.forEach((r, i) => {
          const t = Math.floor(i / sizes.perToken);
          for (let f = 0; r >= 0 && f < features; f++) add(t * features + f, x[r * features + f]!);
        });
      });
      expectSums(memory.readFloats(out, sizes.tokens * features), reference);
      memory.release();
    }),
    { numRuns: 1000, seed: 2 },
  );
});

test('combines the rows of each token by their weights, with both gradients', () => {
  fc.assert(
    fc.property(anySizes, ({ features, ...sizes }) => {
      const { tokens, experts, perToken, seed } = sizes;
      const { row, cell } = drawn(sizes);
      const x = numbers(cell.length * features, seed, 'x');
      const weights = numbers(tokens * experts, seed, 'weights');
      const dy = numbers(tokens * features, seed, 'dy');
      const [xAt, weightsAt, cellAt] = [memory.floats(x), memory.floats(weights), memory.integers(cell)];
      const out = memory.result(tokens * features);
      memory.kernels.combineRows(
        xAt,
        weightsAt,
        memory.integers(row),
        cellAt,
        out,
        tokens,
        experts,
        perToken,
        features,
      );
      const forward = sums(tokens * features, (add) => {
        cell.forEach((pair, r) => {
          for (let f = 0; pair >= 0 && f < features; f++) {
            const t = Math.floor(pair / experts);
            add(t * features + f, weights[pair]! * x[r * features + f]!);
          }
        });
      });
      expectSums(memory.readFloats(out, tokens * features), forward);

      const [toRows, toWeights] = [
        memory.result(cell.length * features),
        memory.floats(weights.map(() => 0)),
      ];
      memory.kernels.combineRowsGradient(
        xAt,
        weightsAt,
        cellAt,
        memory.floats(dy),
        toRows,
        toWeights,
        cell.length,
        experts,
        features,
      );
      const slope = (pair: number, f: number) => dy[Math.floor(pair / experts) * features + f]!;
      const rowSlopes = sums(cell.length * features, (add) => {
        cell.forEach((pair, r) => {
          for (let f = 0; pair >= 0 && f < features; f++) {
            add(r * features + f, weights[pair]! * slope(pair, f));
          }
        });
      });
      const weightSlopes = sums(weights.length, (add) => {
        cell.forEach((pair, r) => {
          for (let f = 0; pair >= 0 && f < features; f++) {
            add(pair, x[r * features + f]! * slope(pair, f));
          }
        });
      });
      expectSums(memory.readFloats(toRows, cell.length * features), rowSlopes);
      expectSums(memory.readFloats(toWeights, weights.length), weightSlopes);
      memory.release();
    }),
    { numRuns: 1000, seed: 3 },
  );
});
