import { matrix } from '@tfjs-moe/numerics';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { levenbergMarquardt, type MarquardtOptions } from '../../src/optimise/levenberg-marquardt.ts';
import type { SquaresProblem } from '../../src/optimise/normal-equations.ts';

/** A problem from its residuals and their derivatives, one row per residual. */
function problemOf(
  residuals: (p: Float64Array) => number[],
  jacobian: (p: Float64Array) => number[][],
): SquaresProblem {
  return (p) => {
    const rho = residuals(p);
    const rows = jacobian(p);
    const size = p.length;
    const curvature = matrix(size, size);
    const slope = new Float64Array(size);
    rows.forEach((row, i) => {
      for (let u = 0; u < size; u++) {
        slope[u]! += row[u]! * rho[i]!;
        for (let v = 0; v < size; v++) curvature.data[u + v * size]! += row[u]! * row[v]!;
      }
    });
    return { sumOfSquares: rho.reduce((sum, r) => sum + r * r, 0), slope, curvature };
  };
}

const rosenbrock = problemOf(
  ([x, y]) => [10 * (y! - x! * x!), 1 - x!],
  ([x]) => [
    [-20 * x!, 10],
    [-1, 0],
  ],
);

function options(size: number, more: Partial<MarquardtOptions> = {}): MarquardtOptions {
  return {
    lower: new Float64Array(size).fill(-Infinity),
    upper: new Float64Array(size).fill(Infinity),
    tolerance: 1e-10,
    maxIterations: 200,
    negligible: 1e-28,
    ...more,
  };
}

describe('Levenberg-Marquardt', () => {
  test('finds the end of a curved valley', () => {
    const result = levenbergMarquardt(rosenbrock, Float64Array.of(-1.2, 1), options(2))!;
    expect(result.reason).toMatch(/exact fit|gradient/);
    expect(result.parameters[0]).toBeCloseTo(1, 10);
    expect(result.parameters[1]).toBeCloseTo(1, 10);
    expect(result.history).toEqual([...result.history].sort((a, b) => b - a));
    expect(result.history.length).toBe(result.iterations + 1);
  });

  test('stays in the box and finds the minimum on its side', () => {
    // With x <= 1/2 the minimum is at x = 1/2, y = 1/4.
    const box = { upper: Float64Array.of(0.5, Infinity) };
    const result = levenbergMarquardt(rosenbrock, Float64Array.of(-1.2, 1), options(2, box))!;
    expect(result.reason).toBe('gradient');
    expect(result.parameters[0]).toBe(0.5);
    expect(result.parameters[1]).toBeCloseTo(0.25, 10);
  });

  test('solves linear problems in any box as a projected gradient does', () => {
    const entry = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(entry, entry, entry), { minLength: 5, maxLength: 8 }),
        fc.array(entry, { minLength: 8, maxLength: 8 }),
        (rows, y) => {
          // A ridge keeps the minimum unique.
          const all = [...rows, [0.5, 0, 0], [0, 0.5, 0], [0, 0, 0.5]];
          const right = [...y.slice(0, rows.length), 0, 0, 0];
          const linear = problemOf(
            (p) => all.map((row, i) => row[0]! * p[0]! + row[1]! * p[1]! + row[2]! * p[2]! - right[i]!),
            () => all.map((row) => [...row]),
          );
          const lower = new Float64Array(3).fill(-0.4);
          const upper = new Float64Array(3).fill(0.3);
          const result = levenbergMarquardt(linear, new Float64Array(3), options(3, { lower, upper }))!;
          let p = new Float64Array(3);
          for (let step = 0; step < 1000; step++) {
            const { slope, curvature } = linear(p);
            const trace = curvature.data[0]! + curvature.data[4]! + curvature.data[8]!;
            p = p.map((value, j) => Math.min(0.3, Math.max(-0.4, value - slope[j]! / trace)));
          }
          expect(result.equations.sumOfSquares).toBeLessThanOrEqual(
            linear(p).sumOfSquares * (1 + 1e-8) + 1e-10,
          );
        },
      ),
      { numRuns: 15, seed: 3 },
    );
  });

  test('does not mind a direction that changes nothing', () => {
    const sum = problemOf(
      ([a, b]) => [a! + b! - 3, 2 * (a! + b!) - 7],
      () => [
        [1, 1],
        [2, 2],
      ],
    );
    const result = levenbergMarquardt(sum, new Float64Array(2), options(2))!;
    expect(result.reason).not.toBe('iterations');
    expect(result.parameters[0]! + result.parameters[1]!).toBeCloseTo(17 / 5, 8);
  });

  test('stops where there is a kink or a jump, and says so', () => {
    const jump = problemOf(
      ([a]) => [a! < 1 ? a! - 2 : 10],
      () => [[1]],
    );
    const result = levenbergMarquardt(jump, Float64Array.of(0), options(1))!;
    expect(result.reason).toBe('stalled');
    expect(result.parameters[0]).toBeCloseTo(1, 3);
  });

  test('says when it has run out of iterations', () => {
    const result = levenbergMarquardt(
      rosenbrock,
      Float64Array.of(-1.2, 1),
      options(2, { maxIterations: 3 }),
    )!;
    expect(result.reason).toBe('iterations');
    expect(result.iterations).toBe(3);
  });

  test('has no answer where there is no value', () => {
    const undefinedAtZero = problemOf(
      ([a]) => [Math.log(a!)],
      ([a]) => [[1 / a!]],
    );
    expect(levenbergMarquardt(undefinedAtZero, Float64Array.of(-1), options(1))).toBeUndefined();
    expect(levenbergMarquardt(undefinedAtZero, Float64Array.of(5), options(1))!.parameters[0]).toBeCloseTo(
      1,
      9,
    );
  });
});
