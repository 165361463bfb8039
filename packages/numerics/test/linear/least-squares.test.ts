import { drawnRows } from '@tfjs-moe/core/testing';
import { leastSquares, matrix, matrixOf, matrixProduct, norm } from '@tfjs-moe/numerics';
import { expect, test } from 'vitest';
import { distance, reference } from './reference.ts';

test('agrees with LAPACK', () => {
  const { rows, b, solution, residualNorm } = reference.leastSquares;
  const fit = leastSquares(matrixOf(rows), b);
  expect(distance(fit.solution, solution)).toBeLessThan(1e-13);
  expect(fit.residualNorm).toBeCloseTo(residualNorm, 13);
  expect(fit.rank).toBe(4);
});

test('a collinear column gets the coefficient 0 and costs nothing', () => {
  const rows = drawnRows(8, 3, 1);
  const b = drawnRows(1, 8, 2)[0] ?? [];
  const plain = leastSquares(matrixOf(rows), b);
  const doubled = leastSquares(matrixOf(rows.map((row) => [...row, (row[0] ?? 0) - 2 * (row[1] ?? 0)])), b);
  expect(doubled.rank).toBe(3);
  expect([...doubled.solution].filter((coefficient) => coefficient === 0)).toHaveLength(1);
  expect(doubled.residualNorm).toBeCloseTo(plain.residualNorm, 13);
});

test('the residual norm is that of A x - b', () => {
  const a = matrixOf(drawnRows(9, 4, 3));
  const b = Float64Array.from(drawnRows(1, 9, 4)[0] ?? []);
  const { solution, residualNorm } = leastSquares(a, b);
  const fitted = matrixProduct(a, matrix(4, 1, solution)).data;
  expect(norm(fitted.map((value, i) => value - b[i]!))).toBeCloseTo(residualNorm, 13);
  expect(() => leastSquares(a, [1])).toThrow('b must have 9 numbers');
});
