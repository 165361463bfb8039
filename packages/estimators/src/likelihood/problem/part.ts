/**
 * Part: one function of the parameters, an expert's logit or one of its outputs, at a block of rows, with its
 * derivatives; and where parts come from.
 */

export interface Part {
  readonly value: Float64Array;
  /** Coordinates that it depends on, ascending. */
  readonly support: readonly number[];
  /** First derivatives in the order of `support`. */
  readonly gradient: readonly Float64Array[];
  /** Second derivatives, the lower triangle over `support` row by row; nothing where all are zero. */
  readonly hessian?: readonly (Float64Array | undefined)[];
}

/** Logits and outputs of every expert at a block of rows. */
export interface Parts {
  /** One per expert: the logarithm of its weight, up to one number per row. */
  readonly logits: readonly Part[];
  /** Of each expert, 0 where the gate does not select it; nothing where it selects all. */
  readonly selected: readonly (Float64Array | undefined)[];
  /** [experts][units]. */
  readonly outputs: readonly (readonly Part[])[];
}

/** Rows first to first + rows - 1 of a sample. */
export interface Block {
  readonly index: number;
  readonly first: number;
  readonly rows: number;
  /** Where groups begin, from the first row of the block, and behind them the number of rows; nothing without groups. */
  readonly starts?: readonly number[] | undefined;
}

export interface Source {
  readonly blocks: readonly Block[];
  /**
   * The parts of a block at some coordinates; they hold until the next call.
   * @param order how many derivatives are needed
   * @param everywhere as if the gate selected every expert
   */
  evaluate(block: Block, at: Float64Array, order: 0 | 1 | 2, everywhere?: boolean): Parts;
}

/**
 * Cuts rows into blocks of some size, or larger where a group is.
 * @param groups theirs, one after another
 */
export function blocksOf(n: number, size: number, groups?: Int32Array): Block[] {
  if (groups === undefined) {
    return Array.from({ length: Math.ceil(n / size) }, (_, index) => ({
      index,
      first: index * size,
      rows: Math.min(size, n - index * size),
    }));
  }
  const blocks: Block[] = [];
  let [first, starts]: [number, number[]] = [0, [0]];
  for (let row = 1; row <= n; row++) {
    if (row < n && groups[row] === groups[row - 1]) continue;
    // The group that ends here stands alone in its block, or fits.
    const begin = first + starts.at(-1)!;
    if (row - first > size && begin > first) {
      blocks.push({ index: blocks.length, first, rows: begin - first, starts });
      [first, starts] = [begin, [0]];
    }
    starts.push(row - first);
  }
  blocks.push({ index: blocks.length, first, rows: n - first, starts });
  return blocks;
}

/** How many rows the largest block has. */
export function mostRows(blocks: readonly Block[]): number {
  return blocks.reduce((most, { rows }) => Math.max(most, rows), 0);
}
