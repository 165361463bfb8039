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
  readonly terms: readonly Term[];
  /** What the pair costs besides. */
  readonly extra: number;
}

/** $r + J\theta$. */
export function residualAt({ residual, jacobian }: Term, theta: readonly number[]): readonly number[] {
  if (jacobian === undefined) return residual;
  return residual.map((value, row) =>
    (jacobian[row] as readonly number[]).reduce(
      (sum, entry, p) => (entry === 0 ? sum : sum + entry * (theta[p] as number)),
      value,
    ),
  );
}

/** $\sum_k \lVert r_k \rVert^2$, which decides the cells. */
export function squaredDistance({ terms }: Pair, theta: readonly number[]): number {
  let sum = 0;
  for (const term of terms) for (const value of residualAt(term, theta)) sum += value * value;
  return sum;
}

/** $\sum_k \lVert r_k \rVert^{q_k}$ and the rest. */
export function pairCost({ terms, extra }: Pair, theta: readonly number[], cell: number): number {
  let sum = extra;
  for (const term of terms) sum += Math.hypot(...residualAt(term, theta)) ** term.exponent(cell);
  return sum;
}

/** The nearest true atom of every fitted one; of two as near, the first. */
export function nearest(pairs: readonly (readonly Pair[])[], theta: readonly number[]): number[] {
  return pairs.map((row) => {
    const distances = row.map((pair) => squaredDistance(pair, theta));
    return distances.indexOf(Math.min(...distances));
  });
}

/** The fitted atoms of every true one. */
export function cellsOf(assigned: readonly number[], truth: number): number[][] {
  const cells = Array.from({ length: truth }, (): number[] => []);
  assigned.forEach((j, i) => {
    (cells[j] as number[]).push(i);
  });
  return cells;
}
