import { drawnRows } from '@tfjs-moe/core/testing';
import { column, matrix, matrixOf, norm, pivotedQr } from '@tfjs-moe/numerics';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distance, reference } from './reference.ts';

const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 12 }),
  columns: fc.integer({ min: 1, max: 12 }),
  seed: fc.integer({ min: 0, max: 1000 }),
  grade: fc.integer({ min: 0, max: 20 }),
});

test('Q R is A with its columns permuted, and Q keeps lengths', () => {
  fc.assert(
    fc.property(shapes, ({ rows, columns, seed, grade }) => {
      const scaled = drawnRows(rows, columns, seed).map((row) => row.map((v, j) => v * 10 ** (-grade * j)));
      const a = matrixOf(scaled);
      const { r, permutation, apply, applyTransposed } = pivotedQr(a);
      for (let j = 0; j < columns; j++) {
        const v = new Float64Array(rows);
        v.set(column(r, j));
        apply(v);
        const wanted = column(a, permutation[j]!);
        expect(distance(v, wanted)).toBeLessThanOrEqual(1e-13 * norm(wanted));
        applyTransposed(v);
        expect(distance(v.slice(0, r.rows), column(r, j))).toBeLessThanOrEqual(1e-13 * norm(wanted));
      }
      expect([...permutation].sort((i, j) => i - j)).toEqual(Array.from({ length: columns }, (_, j) => j));
    }),
  );
});

test('the diagonal of R falls, and every column below it is shorter', () => {
  for (const { rows } of Object.values(reference.singular)) {
    const { r } = pivotedQr(matrixOf(rows));
    for (let i = 0; i + 1 < r.rows; i++) {
      const pivot = Math.abs(r.data[i + i * r.rows]!);
      for (let j = i + 1; j < r.columns; j++) {
        expect(norm(column(r, j), i)).toBeLessThanOrEqual(pivot * (1 + 1e-7));
      }
    }
  }
});

test('what is not a number is refused', () => {
  expect(() => pivotedQr(matrix(1, 1, Float64Array.of(Number.NaN)))).toThrow('every entry must be finite');
});
