import { MoeError, stream } from '@tfjs-moe/core';
import { describe, expect, test } from 'vitest';
import { matrix, matrixOf, matrixProduct, symmetricEigen, transpose } from '../../src/index.ts';

describe('symmetricEigen', () => {
  test('puts a matrix together again, with orthonormal vectors', () => {
    const random = stream(1);
    for (const n of [1, 2, 5, 13]) {
      const a = matrix(n, n);
      for (let j = 0; j < n; j++) {
        for (let i = j; i < n; i++) a.data[i + j * n] = a.data[j + i * n] = random.normal();
      }
      const { values, vectors } = symmetricEigen(a);
      const scaled = matrix(
        n,
        n,
        vectors.data.map((value, k) => value * values[Math.floor(k / n)]!),
      );
      const again = matrixProduct(scaled, transpose(vectors));
      const gram = matrixProduct(transpose(vectors), vectors);
      for (let k = 0; k < n * n; k++) {
        expect(again.data[k]).toBeCloseTo(a.data[k]!, 12);
        expect(gram.data[k]).toBeCloseTo(k % (n + 1) === 0 ? 1 : 0, 12);
      }
      expect([...values]).toEqual([...values].sort((x, y) => x - y));
    }
  });

  test('finds what is known: signs, zeros, a graded matrix', () => {
    expect([
      ...symmetricEigen(
        matrixOf([
          [2, 1],
          [1, 2],
        ]),
      ).values,
    ]).toEqual([1, 3].map((v) => expect.closeTo(v, 14)));
    expect([
      ...symmetricEigen(
        matrixOf([
          [0, 1],
          [1, 0],
        ]),
      ).values,
    ]).toEqual([-1, 1].map((v) => expect.closeTo(v, 14)));
    expect([...symmetricEigen(matrix(3, 3)).values]).toEqual([0, 0, 0]);
    const graded = symmetricEigen(
      matrixOf([
        [1e-20, 1e-22],
        [1e-22, 1],
      ]),
    ).values;
    expect(graded[0]! / 1e-20).toBeCloseTo(1, 10);
  });

  test('refuses what has no eigenvectors in this sense', () => {
    expect(() => symmetricEigen(matrix(2, 3))).toThrow(MoeError);
    expect(() => symmetricEigen(matrixOf([[Number.NaN]]))).toThrow(MoeError);
  });
});
