import { drawnRows } from '@tfjs-moe/core/testing';
import { column, matrixOf, matrixProduct, norm, singularValues, transpose } from '@tfjs-moe/numerics';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reference } from './reference.ts';

describe('against 80 digits', () => {
  test.each(Object.keys(reference.singular))('%s', (name) => {
    const { rows, values, relative } = reference.singular[name]!;
    const computed = singularValues(matrixOf(rows)).values;
    expect(computed).toHaveLength(values.length);
    values.forEach((value, i) => {
      const error = Math.abs(computed[i]! - value);
      expect(error, `value ${i}`).toBeLessThan(3e-15 * (relative ? value : values[0]!));
    });
  });
});

test('right vectors are orthonormal, and A V has orthogonal columns of the singular lengths', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 999 }),
      (rows, columns, seed) => {
        const a = matrixOf(drawnRows(rows, columns, seed));
        const { values, right } = singularValues(a);
        const gram = matrixProduct(transpose(right), right);
        gram.data.forEach((entry, at) => {
          expect(Math.abs(entry - (at % (gram.rows + 1) === 0 ? 1 : 0))).toBeLessThan(1e-13);
        });
        const image = matrixProduct(a, right);
        const inner = matrixProduct(transpose(image), image);
        inner.data.forEach((entry, at) => {
          const i = at % inner.rows;
          const expected = at % (inner.rows + 1) === 0 ? values[i]! ** 2 : 0;
          expect(Math.abs(entry - expected)).toBeLessThan(1e-13 * values[0]! ** 2);
        });
      },
    ),
    { numRuns: 60 },
  );
});

test('a matrix of zeros has singular values zero', () => {
  const { values, right } = singularValues(
    matrixOf([
      [0, 0],
      [0, 0],
    ]),
  );
  expect([...values]).toEqual([0, 0]);
  expect(norm(column(right, 0))).toBe(0);
});
