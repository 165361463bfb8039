/**
 * What a fitted and a true atom differ by: terms $\lVert r + J\theta \rVert^q$, in which $\theta$ is what the gauge leaves
 * free and q depends on how many atoms share the cell.
 */

/** A part of the difference between two atoms. */
export interface Term {
  /** The difference at $\theta = 0$. */
  readonly residual: readonly number[];
  /** One row per entry of the residual; nothing where the gauge does not move it. */
  readonly jacobian?: readonly (readonly number[])[];
  /** The exponent q in a cell of so many atoms. */
  readonly exponent: (cell: number) => number;
}

/** All that tells a fitted atom from a true one. */
export interface Pair {
  /** What the gauge moves. */
  readonly moved: readonly Term[];
  /** Norms of what it does not move. */
  readonly still: readonly { readonly norm: number; readonly exponent: Term['exponent'] }[];
  /** The sum of their squares. */
  readonly stillSquare: number;
  /** What the pair costs besides. */
  readonly extra: number;
}

/** Sorts the terms of a pair by whether the gauge moves them. */
export function pairOf(terms: readonly Term[], extra = 0): Pair {
  const still = terms
    .filter(({ jacobian }) => jacobian === undefined)
    .map(({ residual, exponent }) => ({
      exponent,
      norm: Math.sqrt(movedSquare({ residual, exponent }, [])),
    }));
  return {
    moved: terms.filter(({ jacobian }) => jacobian !== undefined),
    still,
    stillSquare: still.reduce((sum, { norm }) => sum + norm * norm, 0),
    extra,
  };
}

/** $\lVert r + J\theta \rVert^2$. */
function movedSquare({ residual, jacobian }: Term, theta: readonly number[]): number {
  let square = 0;
  for (let row = 0; row < residual.length; row++) {
    let value = residual[row]!;
    const entries = jacobian?.[row];
    for (let p = 0; p < theta.length && entries !== undefined; p++) {
      value += entries[p]! * theta[p]!;
    }
    square += value * value;
  }
  return square;
}

/** $\sum_k \lVert r_k \rVert^2$, which decides the cells. */
export function squaredDistance({ moved, stillSquare }: Pair, theta: readonly number[]): number {
  let sum = stillSquare;
  for (const term of moved) sum += movedSquare(term, theta);
  return sum;
}

/** $\sum_k \lVert r_k \rVert^{q_k}$ and the rest. */
export function pairCost({ moved, still, extra }: Pair, theta: readonly number[], cell: number): number {
  let sum = extra;
  for (const { norm, exponent } of still) sum += norm ** exponent(cell);
  for (const term of moved) {
    const exponent = term.exponent(cell);
    const square = movedSquare(term, theta);
    sum += exponent === 2 ? square : Math.sqrt(square) ** exponent;
  }
  return sum;
}

/** The nearest true atom of every fitted one; of two as near, the first. */
export function nearest(pairs: readonly (readonly Pair[])[], theta: readonly number[]): number[] {
  return pairs.map((row) => {
    let best = 0;
    let least = Infinity;
    for (let j = 0; j < row.length; j++) {
      const distance = squaredDistance(row[j]!, theta);
      if (distance < least) [best, least] = [j, distance];
    }
    return best;
  });
}

/** The fitted atoms of every true one. */
export function cellsOf(assigned: readonly number[], truth: number): number[][] {
  const cells = Array.from({ length: truth }, (): number[] => []);
  assigned.forEach((j, i) => {
    cells[j]!.push(i);
  });
  return cells;
}
