/** The cells that pictures of the playground are made of: what a page needs to draw them, without what computes them. */

/** Cells along each side of a map. */
export const SIDE = 40;

export interface Picture {
  readonly inputs: 1 | 2;
  /** Cells: SIDE x SIDE from the top left, or places along a line. */
  readonly cells: number;
  readonly experts: number;
  /** The expert with the largest weight of every cell. */
  readonly owner: readonly number[];
  /** Weights of every expert: [experts][cells]. */
  readonly weights: readonly (readonly number[])[];
  /** The weight of the owner. */
  readonly strength: readonly number[];
  readonly prediction: readonly number[];
  /** Output of every expert: [experts][cells]. */
  readonly outputs: readonly (readonly number[])[];
}

/** Runs of cells of one class in a row, as the path of an SVG in cells: one path for each class. */
export function pathsOf(classes: readonly number[], side: number): ReadonlyMap<number, string> {
  const paths = new Map<number, string>();
  for (let row = 0; row < side; row++) {
    let from = 0;
    for (let column = 1; column <= side; column++) {
      const kind = classes[row * side + from]!;
      if (column < side && classes[row * side + column] === kind) continue;
      // A little larger than the cells, so that no gap shows between them.
      const run = `M${from} ${row}h${column - from}v1.03h-${column - from}z`;
      paths.set(kind, (paths.get(kind) ?? '') + run);
      from = column;
    }
  }
  return paths;
}
