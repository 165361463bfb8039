/** The committed matrices with their singular values and solutions. */
import { readFileSync } from 'node:fs';

interface Reference {
  readonly singular: Record<string, { rows: number[][]; values: number[]; relative: boolean }>;
  readonly leastSquares: { rows: number[][]; b: number[]; solution: number[]; residualNorm: number };
  readonly cholesky: {
    rows: number[][];
    b: number[];
    solution: number[];
    inverse: number[][];
    logDeterminant: number;
  };
}

export const reference: Reference = JSON.parse(
  readFileSync(new URL('../fixtures/linear.json', import.meta.url), 'utf8'),
);

/** The largest difference of two lists of numbers. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  return Math.max(0, ...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}
