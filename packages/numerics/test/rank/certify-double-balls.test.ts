import { stream } from '@tfjs-moe/core';
import { type DoubleBall, doubleBallOf, doubleBalls } from '@tfjs-moe/numerics/precise';
import { certifyDoubleBalls } from '@tfjs-moe/numerics/rank';
import { describe, expect, test } from 'vitest';

const ofColumns = (columns: readonly (readonly number[])[]): DoubleBall[] =>
  columns.map((entries) => doubleBallOf(Float64Array.from(entries)));

/** 1 / (i + j + 1), to double-double accuracy. */
function hilbert(size: number, extra = 4): DoubleBall[] {
  return Array.from({ length: size }, (_, j) => {
    const below = Float64Array.from({ length: size + extra }, (__, i) => i + j + 1);
    return doubleBalls.derivatives('reciprocal', doubleBallOf(below), 0)[0]!;
  });
}

describe('what is independent is proved so', () => {
  test.each([
    { size: 6, steps: 0 },
    { size: 16, steps: 1 },
    { size: 20, steps: 1 },
  ])('Hilbert matrix of $size columns, products $steps', ({ size, steps }) => {
    const found = certifyDoubleBalls(hilbert(size));
    expect(found.certified).toBe(true);
    expect(found.steps).toBeGreaterThanOrEqual(steps);
    expect(found.points).toBe(size + 4);
    if (steps > 0) {
      expect(certifyDoubleBalls(hilbert(size), 0)).toMatchObject({ certified: false, reason: 'steps' });
    }
  });

  test('the bound is below the smallest singular value', () => {
    // sigma_min of the 10 x 10 Hilbert matrix, from mpmath at 80 digits.
    const smallest = 1.0931538193796e-13;
    const { certified, sigmaMin } = certifyDoubleBalls(hilbert(10, 0));
    expect(certified).toBe(true);
    expect(sigmaMin).toBeLessThanOrEqual(smallest);
    expect(sigmaMin).toBeGreaterThan(smallest / 10_000);
  });

  test('beyond double-double there is no proof, and a reason', () => {
    expect(certifyDoubleBalls(hilbert(40))).toMatchObject({ certified: false, sigmaMin: 0 });
  });
});

describe('what is dependent is never called independent', () => {
  test('planted relations, with and without radii', () => {
    const draw = stream(4, 'planted');
    let wrong = 0;
    let independent = 0;
    const trials = 1500;
    for (let trial = 0; trial < trials; trial++) {
      const size = 2 + draw.integer(4);
      const rows = size + draw.integer(4);
      const scale = 2 ** (draw.integer(41) - 20);
      const a = Array.from({ length: size }, (_, j) =>
        Array.from({ length: rows }, () => ((j === 0 ? scale : 1) * Math.round(draw.normal() * 1024)) / 1024),
      );
      const factors = Array.from({ length: size - 1 }, () => draw.integer(9) - 4);
      const tied = a[0]!.map((_, n) => factors.reduce((sum, c, j) => sum + c * a[j]![n]!, 0));
      const planted = ofColumns([...a.slice(0, -1), tied]);
      if (certifyDoubleBalls(planted).certified) wrong++;
      // Shaken within their radii, the numbers may have full rank, but not every number in the balls has.
      const shaken = planted.map(({ high, low }) => {
        const rad = high.map((value) => Math.abs(value) * 2 ** -48 + 2 ** -60);
        return { high: high.map((value, n) => value + rad[n]! * (draw.uniform() - 0.5)), low, rad };
      });
      if (certifyDoubleBalls(shaken).certified) wrong++;
      if (certifyDoubleBalls(ofColumns(a)).certified) independent++;
    }
    expect(wrong).toBe(0);
    expect(independent).toBe(trials);
  });

  test('zeros, and constants alike', () => {
    expect(certifyDoubleBalls(ofColumns([[0, 0]]))).toMatchObject({
      certified: false,
      reason: 'precision',
    });
    const constants = [2, 3].map((value) => doubleBalls.constant(value));
    expect(certifyDoubleBalls(constants).certified).toBe(false);
    expect(certifyDoubleBalls(constants.slice(1)).certified).toBe(true);
  });
});

test('points at which a function is unknown are left out', () => {
  const functions = ofColumns([
    [1, 2, 3, 4],
    [1, 4, 9, 16],
  ]);
  functions[1]!.rad[2] = Infinity;
  functions[0]!.high[3] = Number.NaN;
  expect(certifyDoubleBalls(functions)).toMatchObject({ certified: true, points: 2 });
  functions[0]!.rad[0] = Infinity;
  expect(certifyDoubleBalls(functions)).toMatchObject({ certified: false, points: 1 });
  expect(() => certifyDoubleBalls([])).toThrow('at least one function');
});

test('a checkpoint ends the work', () => {
  const stop = () => {
    throw new Error('over');
  };
  expect(() => certifyDoubleBalls(hilbert(6), 4, stop)).toThrow('over');
});
