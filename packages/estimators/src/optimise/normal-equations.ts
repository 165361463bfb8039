import { compile, type Node, type Tape } from '@tfjs-moe/measures/tape';
import { type Matrix, matrix } from '@tfjs-moe/numerics';

/**
 * The normal equations of a sum of squares, $F = \sum_i \rho_i^2$, $J^\top J$ and $J^\top \rho$, streamed: a block of rows
 * at a time, so that a million rows need no Jacobian in memory, and a block's columns stay in the cache.
 *
 * A sum of squares with what its quadratic model needs.
 */
export interface NormalEquations {
  readonly sumOfSquares: number;
  /** $J^\top \rho$, half the gradient. */
  readonly slope: Float64Array;
  /** $J^\top J$. */
  readonly curvature: Matrix;
}

/** A sum of squares as a function of its parameters. */
export type SquaresProblem = (parameters: Float64Array) => NormalEquations;

/**
 * @param residual the node that is $\rho_i$ at point i
 * @param inputs columns in the order of the tape's inputs
 * @param base all numbers of the tape's parameters; those that are not free keep these values
 * @param free places of the parameters of the problem
 */
export function squaresProblem(
  tape: Tape,
  residual: Node,
  inputs: readonly Float64Array[],
  base: Float64Array,
  free: readonly number[],
): SquaresProblem {
  const program = compile(tape, [residual], { differentiate: residual, parameters: free });
  const n = inputs[0]!.length;
  const size = free.length;
  const numbers = base.slice();
  const zeros = new Float64Array(program.block);
  return (parameters) => {
    free.forEach((place, j) => {
      numbers[place] = parameters[j]!;
    });
    program.setParameters(numbers);
    const curvature = matrix(size, size);
    const slope = new Float64Array(size);
    let sumOfSquares = 0;
    for (let from = 0; from < n; from += program.block) {
      const rows = Math.min(program.block, n - from);
      program.run(inputs, from, rows);
      const rho = program.value(0);
      const columns = free.map((place) => program.derivative(place));
      for (let i = 0; i < size; i++) {
        const own = columns[i];
        if (own === undefined) continue;
        slope[i] = slope[i]! + innerProduct(own, rho, rows);
        addRow(curvature.data, i, size, own, columns, zeros, rows);
      }
      sumOfSquares += innerProduct(rho, rho, rows);
    }
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) curvature.data[j + i * size] = curvature.data[i + j * size]!;
    }
    return { sumOfSquares, slope, curvature };
  };
}

/** Adds the products of column i with columns 0, ..., i to row i, four at a time: each number of column i is read once. */
function addRow(
  to: Float64Array,
  i: number,
  size: number,
  own: Float64Array,
  columns: readonly (Float64Array | undefined)[],
  zeros: Float64Array,
  rows: number,
): void {
  let j = 0;
  for (; j + 3 <= i; j += 4) {
    const a = columns[j] ?? zeros;
    const b = columns[j + 1] ?? zeros;
    const c = columns[j + 2] ?? zeros;
    const d = columns[j + 3] ?? zeros;
    let sa = 0;
    let sb = 0;
    let sc = 0;
    let sd = 0;
    for (let k = 0; k < rows; k++) {
      const value = own[k]!;
      sa += value * a[k]!;
      sb += value * b[k]!;
      sc += value * c[k]!;
      sd += value * d[k]!;
    }
    const at = i + j * size;
    to[at] = to[at]! + sa;
    to[at + size] = to[at + size]! + sb;
    to[at + 2 * size] = to[at + 2 * size]! + sc;
    to[at + 3 * size] = to[at + 3 * size]! + sd;
  }
  for (; j <= i; j++) {
    const other = columns[j];
    if (other === undefined) continue;
    to[i + j * size] = to[i + j * size]! + innerProduct(own, other, rows);
  }
}

function innerProduct(a: Float64Array, b: Float64Array, n: number): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < n; i += 2) {
    even += a[i]! * b[i]!;
    odd += a[i + 1]! * b[i + 1]!;
  }
  if (i < n) even += a[i]! * b[i]!;
  return even + odd;
}
