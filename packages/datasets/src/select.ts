/**
 * Which rows of a data set to take, and taking them.
 *
 * A row's class plays no part in the choice: a small subset is about as unbalanced as chance makes it.
 */
import { expectInteger, expectNumber, MoeError, stream } from '@tfjs-moe/core';
import type { Column, Subset } from './dataset.ts';

/**
 * The first `count` rows of the order that the seed decides. Subsets of one seed are nested, so a study of sample size
 * adds rows and never swaps them.
 * @param size number of rows there are
 * @param path tells this choice from others with the same seed
 */
export function shuffledRows(
  size: number,
  count: number,
  seed: number,
  ...path: readonly string[]
): Uint32Array {
  expectRows('shuffledRows', size, count);
  expectNumber('shuffledRows', 'seed', seed);
  return stream(seed, ...path)
    .permutation(size)
    .subarray(0, count);
}

/**
 * `count` rows spread evenly over the given order, all of them if `count` is `size`. For a split whose order must be
 * kept but whose beginning is not like its end.
 */
export function spreadRows(size: number, count: number): Uint32Array {
  expectRows('spreadRows', size, count);
  return Uint32Array.from({ length: count }, (_, i) => Math.floor((i * size) / count));
}

function expectRows(who: string, size: number, count: number): void {
  expectInteger(who, 'size', size, { min: 0 });
  expectInteger(who, 'count', count, { min: 0, max: size, maxName: `the number of rows (${size})` });
}

/** Copies rows of a column. */
export function takeRows<T extends Column>(column: T, rows: Uint32Array, valuesPerRow: number): T {
  const who = 'takeRows';
  if (!ArrayBuffer.isView(column)) throw new MoeError(who, 'the column must be a typed array', column);
  if (!ArrayBuffer.isView(rows)) throw new MoeError(who, 'rows must be a Uint32Array', rows);
  expectInteger(who, 'valuesPerRow', valuesPerRow, { min: 1 });
  const last = column.length / valuesPerRow - 1;
  for (const row of rows) expectInteger(who, 'a row', row, { min: 0, max: last });
  const taken = new (column.constructor as new (length: number) => T)(rows.length * valuesPerRow);
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * valuesPerRow;
    taken.set(column.subarray(start, start + valuesPerRow), i * valuesPerRow);
  }
  return taken;
}

/** How many rows of each split a subset asks for: never more than there are. */
export function subsetSizes(
  who: string,
  subset: Subset | undefined,
  available: { readonly train: number; readonly test: number },
): { train: number; test: number } {
  // One number for both splits means "at most", as the splits differ in size; a number for one split is exact.
  if (typeof subset === 'number') {
    expectInteger(who, 'subset', subset, { min: 1, max: Math.max(available.train, available.test) });
    return { train: Math.min(subset, available.train), test: Math.min(subset, available.test) };
  }
  if (subset === undefined) return { ...available };
  if (typeof subset !== 'object' || subset === null || Array.isArray(subset)) {
    throw new MoeError(who, 'subset must be a number or { train, test }', subset);
  }
  const sizeOf = (split: 'train' | 'test'): number =>
    expectInteger(who, `subset.${split}`, subset[split] ?? available[split], {
      min: 1,
      max: available[split],
    });
  return { train: sizeOf('train'), test: sizeOf('test') };
}
