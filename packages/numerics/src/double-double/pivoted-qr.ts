import {
  addDouble,
  type DoubleDouble,
  divDouble,
  doubleDouble,
  mulDouble,
  sqrtDouble,
  subDouble,
} from './double-double.ts';

/** A factorisation with column pivoting: which columns are independent, and how clearly. */
export interface DoublePivots {
  /** Sizes of the pivots, falling. */
  readonly sizes: Float64Array;
  /** Columns in the order in which they were taken. */
  readonly permutation: Int32Array;
}

/**
 * QR with column pivoting in double-double arithmetic, by modified Gram-Schmidt: the sizes of the pivots down to about
 * $10^{-30}$ of the largest.
 *
 * To see where a matrix loses rank beyond what float64 shows. Like every floating-point factorisation it suggests a
 * rank and proves none.
 *
 * Factors a matrix that is given by its columns, which are left as they are.
 */
export function doublePivots(columns: readonly (readonly DoubleDouble[])[]): DoublePivots {
  const left = columns.map((entries, index) => ({ index, entries: [...entries] }));
  const steps = Math.min(columns.length, columns[0]?.length ?? 0);
  const sizes = new Float64Array(steps);
  const permutation = Int32Array.from(columns, (_, j) => j);
  for (let step = 0; step < steps; step++) {
    const squares = left.map(({ entries }) => inner(entries, entries));
    let best = 0;
    squares.forEach((square, j) => {
      if (square.high > squares[best]!.high) best = j;
    });
    const square = squares[best]!;
    const [pivot] = left.splice(best, 1) as [(typeof left)[number]];
    sizes[step] = sqrtDouble(square).high;
    permutation[step] = pivot.index;
    if (square.high === 0) break;
    for (const other of left) {
      const multiple = divDouble(inner(pivot.entries, other.entries), square);
      other.entries.forEach((entry, i) => {
        other.entries[i] = subDouble(entry, mulDouble(multiple, pivot.entries[i]!));
      });
    }
  }
  left.forEach(({ index }, k) => {
    permutation[columns.length - left.length + k] = index;
  });
  return { sizes, permutation };
}

function inner(a: readonly DoubleDouble[], b: readonly DoubleDouble[]): DoubleDouble {
  let sum = doubleDouble(0);
  a.forEach((entry, i) => {
    sum = addDouble(sum, mulDouble(entry, b[i]!));
  });
  return sum;
}
