import type { Node } from './tape.ts';

/**
 * Registers: where the values of a running program are kept. A node that is the same at all points is a number, every
 * other one a column as long as a block.
 */
export interface Registers {
  readonly isColumn: readonly boolean[];
  /** Nodes that are differentiated through. */
  readonly active: readonly boolean[];
  readonly scalar: Float64Array;
  readonly column: Float64Array[];
  /** Of applied functions: the derivative at the argument. */
  readonly scalarSlope: Float64Array;
  readonly slope: Float64Array[];
  /** The parameters of the run. */
  given: ArrayLike<number>;
  /** A new column. */
  fresh(): Float64Array;
}

export function newRegisters(
  isColumn: readonly boolean[],
  active: readonly boolean[],
  block: number,
): Registers {
  return {
    isColumn,
    active,
    scalar: new Float64Array(isColumn.length),
    column: [],
    scalarSlope: new Float64Array(isColumn.length),
    slope: [],
    given: [],
    fresh: () => new Float64Array(block),
  };
}

/** A node's column, for operations that are too rare for a loop over scalars of their own. */
export function asColumn(
  { isColumn, column, scalar, fresh }: Registers,
  node: Node,
): (n: number) => Float64Array {
  if (isColumn[node]) return () => column[node]!;
  const filled = fresh();
  return (n) => filled.fill(scalar[node]!, 0, n);
}
