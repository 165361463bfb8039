import { drawnRows } from '@tfjs-moe/core/testing';
import { matrixOf, pivotedQr } from '@tfjs-moe/numerics';
import {
  addDouble,
  type DoubleDouble,
  divDouble,
  doubleDouble,
  doublePivots,
} from '@tfjs-moe/numerics/precise';
import { expect, test } from 'vitest';

const columnsOf = (rows: number[][]) =>
  (rows[0] ?? []).map((_, j) => rows.map((row) => doubleDouble(row[j]!)));

test('agrees with the float64 factorisation where that has digits', () => {
  for (let seed = 0; seed < 20; seed++) {
    const rows = drawnRows(8, 5, seed);
    const { r, permutation } = pivotedQr(matrixOf(rows));
    const pivots = doublePivots(columnsOf(rows));
    expect([...pivots.permutation]).toEqual([...permutation]);
    pivots.sizes.forEach((size, i) => {
      expect(size / Math.abs(r.data[i + i * 5]!)).toBeCloseTo(1, 12);
    });
  }
});

test('sees a pivot of 1e-25 and a dependence below 1e-29', () => {
  const third = divDouble(doubleDouble(1), doubleDouble(3));
  const a = [third, doubleDouble(1), doubleDouble(2)];
  const nearly = a.map((entry, i): DoubleDouble => addDouble(entry, doubleDouble(i === 1 ? 1e-25 : 0)));
  expect(doublePivots([a, nearly]).sizes[1]).toBeGreaterThan(1e-26);
  expect(doublePivots([a, [...a]]).sizes[1]).toBeLessThan(1e-29);
});

test('wide and zero matrices have an order of columns too', () => {
  const wide = doublePivots(columnsOf([[1, 3, 2]]));
  expect([...wide.permutation]).toEqual([1, 0, 2]);
  expect([
    ...doublePivots(
      columnsOf([
        [0, 0],
        [0, 0],
      ]),
    ).sizes,
  ]).toEqual([0, 0]);
});
