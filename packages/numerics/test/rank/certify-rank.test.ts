import { stream } from '@tfjs-moe/core';
import { type Ball, ballOf, balls } from '@tfjs-moe/numerics/precise';
import { certifyRank } from '@tfjs-moe/numerics/rank';
import { describe, expect, test } from 'vitest';

const exact = (rows: readonly (readonly number[])[], bits: number) =>
  rows.map((row) => row.map((value) => ballOf(value, bits)));

/** 1 / (i + j + 1) as balls. */
function hilbert(size: number, bits: number): Ball[][] {
  const unit = 1n << BigInt(bits);
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => ({ mid: unit / BigInt(i + j + 1), rad: 1n })),
  );
}

describe('what is independent is proved so', () => {
  test('the bound is below the smallest singular value, and not far below', () => {
    // sigma_min of the 10 x 10 Hilbert matrix, from mpmath at 80 digits.
    const smallest = 1.0931538193796e-13;
    const { certified, sigmaMin } = certifyRank(hilbert(10, 192), 192);
    expect(certified).toBe(true);
    expect(sigmaMin).toBeLessThanOrEqual(smallest);
    expect(sigmaMin).toBeGreaterThan(smallest / 1000);
  });

  test('far beyond float64', () => {
    // The determinant of the 30 x 30 Hilbert matrix is about 1e-531.
    const { certified, sigmaMin, steps } = certifyRank(hilbert(30, 512), 512);
    expect(certified).toBe(true);
    expect(steps).toBeGreaterThan(1);
    expect(sigmaMin).toBeGreaterThan(1e-50);
    expect(sigmaMin).toBeLessThan(1e-40);
  });

  test('an orthogonal matrix has its singular value, within rounding', () => {
    const { sigmaMin, steps } = certifyRank(
      exact(
        [
          [3, 0],
          [0, 0.5],
          [0, 0],
        ],
        64,
      ),
      64,
    );
    expect(steps).toBe(0);
    expect(sigmaMin).toBeGreaterThan(0.1);
    expect(sigmaMin).toBeLessThanOrEqual(0.5);
  });

  test.each([4, 12, 20, 40, 70])('two functions at distance 2^-%i of each other', (distance) => {
    const ring = balls(256);
    const apart = 2 ** -distance;
    const rows = Array.from({ length: 12 }, (_, i) =>
      [0, apart, 1].map(
        (shift) =>
          ring.derivatives('gelu', ring.add(ring.constant(i / 4 - 1.5), ring.constant(shift)), 0)[0]!,
      ),
    );
    const { certified, steps } = certifyRank(rows, 256);
    expect(certified).toBe(true);
    if (distance >= 70) expect(steps).toBeGreaterThan(0);
  });
});

describe('what is dependent is never called independent', () => {
  test('planted relations, thousands of them', () => {
    const draw = stream(2, 'planted');
    let wrong = 0;
    let independent = 0;
    const trials = 1500;
    for (let trial = 0; trial < trials; trial++) {
      const columns = 2 + draw.integer(4);
      const rows = columns + draw.integer(4);
      const scale = 2 ** (draw.integer(41) - 20);
      const entry = () => Math.round(draw.normal() * 1024) / 1024;
      const a = Array.from({ length: rows }, () =>
        Array.from({ length: columns }, (_, j) => (j === 0 ? scale : 1) * entry()),
      );
      // The last column is a combination of the others; every number stays exact.
      const factors = Array.from({ length: columns - 1 }, () => draw.integer(9) - 4);
      const planted = a.map((row) => [
        ...row.slice(0, -1),
        factors.reduce((sum, c, j) => sum + c * row[j]!, 0),
      ]);
      if (certifyRank(exact(planted, 128), 128).certified) wrong++;
      // Shaken within its radii, the matrix may be of full rank, but not every matrix in the balls is.
      const shaken = exact(planted, 128).map((row) =>
        row.map(({ mid }) => ({ mid: mid + BigInt(draw.integer(2 ** 20)), rad: 1n << 20n })),
      );
      if (certifyRank(shaken, 128).certified) wrong++;
      if (certifyRank(exact(a, 128), 128).certified) independent++;
    }
    expect(wrong).toBe(0);
    expect(independent).toBe(trials);
  });

  test('with the reason', () => {
    const rows = exact(
      [
        [1, 2],
        [2, 4],
        [3, 6],
      ],
      128,
    );
    expect(certifyRank(rows, 128)).toMatchObject({ certified: false, sigmaMin: 0, reason: 'precision' });
    expect(certifyRank(hilbert(16, 192), 192, 0)).toMatchObject({ certified: false, reason: 'steps' });
    expect(certifyRank(exact([[0], [0]], 64), 64)).toMatchObject({ certified: false, reason: 'precision' });
  });
});

// A sum of n entries may then have any sign: products with X would only make such a column smaller.
test('a column of n entries is given up, before any work, where its largest is at most n radii', () => {
  const columnOf = (mid: bigint) => Array.from({ length: 3 }, () => [{ mid: mid << 60n, rad: 1n << 60n }]);
  expect(certifyRank(columnOf(3n), 64)).toEqual({
    certified: false,
    sigmaMin: 0,
    steps: 0,
    reason: 'precision',
  });
  expect(certifyRank(columnOf(4n), 64).certified).toBe(true);
});

test('a matrix must have rows enough', () => {
  expect(() => certifyRank(exact([[1, 2]], 64), 64)).toThrow('at least as many rows as columns (2)');
  expect(() => certifyRank([[]], 64)).toThrow('at least one column');
  expect(() => certifyRank([[ballOf(1, 64)], []], 64)).toThrow('every row must have 1 entries');
});
