import { MoeError } from '@tfjs-moe/core';

/** Numbers of one column, or of several columns side by side. */
export type Column = Uint8Array | Int32Array | Float32Array | Float64Array;

/**
 * Rows of a data set. Every property that is a typed array is a column: row-major, with the same number of entries for
 * each of the `size` rows, in the same order in every column.
 */
export interface Split {
  /** Number of rows. */
  readonly size: number;
}

/** What loading gives. */
export interface Splits {
  /** Rows to learn from. */
  readonly train: Split;
  /** Rows to judge by; they do not depend on the seed. */
  readonly test: Split;
}

/** How many rows to take: of each split, or of each split by name; all rows where nothing is said. */
export type Subset = number | { readonly train?: number; readonly test?: number };

/** Options that every data set understands. */
export interface LoadOptions {
  /** Default: all rows. */
  readonly subset?: Subset;
  /** Decides the order of the training rows. Default 0. */
  readonly seed?: number;
}

/**
 * Dataset: what a program can ask for by name and load, split into rows to learn from and rows to judge by.
 *
 * The data are plain typed arrays, so that they serve tensors, float64 estimators and plots alike.
 *
 * A data set: a frozen plain object.
 */
export interface Dataset<T extends Splits = Splits, O extends LoadOptions = LoadOptions> {
  /** Lower camel case, unique. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Whom to thank and cite. */
  readonly source: string;
  /** What is known about the terms of use; says so where it is unclear. */
  readonly licence: string;
  /** Loads it. The same options give the same rows in the same order. */
  load(options?: O): Promise<T>;
}

/** Checks and freezes a data set. */
export function defineDataset<T extends Splits, O extends LoadOptions>(
  definition: Dataset<T, O>,
): Dataset<T, O> {
  if (typeof definition !== 'object' || definition === null) {
    throw new MoeError('defineDataset', 'a data set must be an object with name and load', definition);
  }
  for (const field of ['name', 'description', 'source', 'licence'] as const) {
    if (typeof definition[field] === 'string' && definition[field].length > 0) continue;
    throw new MoeError('defineDataset', `${field} must be a text that is not empty`, definition[field]);
  }
  if (typeof definition.load !== 'function') {
    throw new MoeError('defineDataset', 'load must be a function', definition.load);
  }
  return Object.freeze({ ...definition });
}
