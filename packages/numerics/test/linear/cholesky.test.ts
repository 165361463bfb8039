import { drawnRows } from '@tfjs-moe/core/testing';
import { cholesky, matrixOf, matrixProduct, transpose } from '@tfjs-moe/numerics';
import { expect, test } from 'vitest';
import { distance, reference } from './reference.ts';

test('agrees with LAPACK', () => {
  const { rows, b, solution, inverse, logDeterminant } = reference.cholesky;
  const factored = cholesky(matrixOf(rows));
  expect(distance(factored?.solve(b) ?? [], solution)).toBeLessThan(1e-12);
  expect(distance(factored?.inverse().data ?? [], inverse.flat())).toBeLessThan(1e-12);
  expect(factored?.logDeterminant).toBeCloseTo(logDeterminant, 12);
});

test('L L^T is the matrix, and only its lower triangle is read', () => {
  for (let seed = 0; seed < 20; seed++) {
    const a = matrixOf(drawnRows(9, 6, seed));
    const square = matrixProduct(transpose(a), a);
    const upperLost = { ...square, data: square.data.map((v, at) => (at % 6 < Math.floor(at / 6) ? 7 : v)) };
    const factor = cholesky(upperLost)?.factor;
    const again = factor && matrixProduct(factor, transpose(factor));
    expect(distance(again?.data ?? [], square.data)).toBeLessThan(1e-13 * Math.max(...square.data));
  }
});

test('nothing comes of a matrix that is not positive definite', () => {
  expect(
    cholesky(
      matrixOf([
        [1, 2],
        [2, 1],
      ]),
    ),
  ).toBeUndefined();
  expect(cholesky(matrixOf([[0]]))).toBeUndefined();
  expect(cholesky(matrixOf([[Number.NaN]]))).toBeUndefined();
  expect(() => cholesky(matrixOf([[1, 2]]))).toThrow('must be square');
});
