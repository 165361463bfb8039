/** Determinant and inverse by elimination. */
export function determinantAndInverse(matrix: readonly (readonly number[])[]): {
  readonly determinant: number;
  readonly inverse: number[][];
} {
  const size = matrix.length;
  const rows = matrix.map((row, j) => [...row, ...row.map((_, k) => Number(j === k))]);
  let determinant = 1;
  for (let j = 0; j < size; j++) {
    const pivot = rows[j]![j]!;
    determinant *= pivot;
    rows[j] = rows[j]!.map((value) => value / pivot);
    for (let k = 0; k < size; k++) {
      const factor = rows[k]![j]!;
      if (k !== j) rows[k] = rows[k]!.map((value, c) => value - factor * rows[j]![c]!);
    }
  }
  return { determinant, inverse: rows.map((row) => row.slice(size)) };
}

export const inverseOf = (matrix: readonly (readonly number[])[]): number[][] =>
  determinantAndInverse(matrix).inverse;

/** Second differences at 0, where every number has the unit of its standard error. */
export function hessianOf(value: (u: readonly number[]) => number, size: number): number[][] {
  const step = 0.01;
  const at = (moves: readonly (readonly [number, number])[]) => {
    const u = new Array<number>(size).fill(0);
    for (const [place, by] of moves) u[place] = u[place]! + by * step;
    return value(u);
  };
  const indices = Array.from({ length: size }, (_, j) => j);
  return indices.map((j) =>
    indices.map(
      (k) =>
        (at([
          [j, 1],
          [k, 1],
        ]) -
          at([
            [j, 1],
            [k, -1],
          ]) -
          at([
            [j, -1],
            [k, 1],
          ]) +
          at([
            [j, -1],
            [k, -1],
          ])) /
        (4 * step * step),
    ),
  );
}
