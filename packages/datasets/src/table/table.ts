import { MoeError } from '@tfjs-moe/core';

interface ColumnHead {
  readonly name: string;
  /** Of the values, where it is known: `mm`, `°C`. */
  readonly unit?: string;
  /** One sentence. */
  readonly description?: string;
}

/** A column of numbers; a missing cell is NaN. */
export interface NumberColumn extends ColumnHead {
  readonly kind: 'number';
  /** NaN where missing. */
  readonly values: readonly number[];
}

/** A column of text; a missing cell is null. */
export interface TextColumn extends ColumnHead {
  readonly kind: 'text';
  /** null where missing. */
  readonly values: readonly (string | null)[];
}

/** A column of a table. */
export type TableColumn = NumberColumn | TextColumn;

/**
 * Table: named columns of numbers or of text, all of one length, as plain arrays.
 *
 * A missing number is NaN, a missing text is null.
 */
export interface Table {
  /** Number of rows. */
  readonly size: number;
  /** In the order of the file. */
  readonly columns: readonly TableColumn[];
}

/** A column by its name. */
export function columnOf(table: Table, name: string, who = 'columnOf'): TableColumn {
  const found = table.columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const names = table.columns.map((column) => column.name).join(', ');
  throw new MoeError(who, `there is no such column; there are ${names}`, name);
}

/** Whether a column has no value in a row, counted from 0. */
export function isMissing(column: TableColumn, row: number): boolean {
  const value = column.values[row];
  return value === null || value === undefined || Number.isNaN(value);
}

/** The rows, counted from 0, that miss no value: in some columns, or in all. */
export function completeRows(table: Table, names?: readonly string[]): number[] {
  const columns = names?.map((name) => columnOf(table, name, 'completeRows')) ?? table.columns;
  const all = Array.from({ length: table.size }, (_, row) => row);
  return all.filter((row) => !columns.some((column) => isMissing(column, row)));
}
