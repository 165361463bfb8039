import { MoeError } from '@tfjs-moe/core';
import { expectNames, someOf } from './names.ts';

interface ColumnHead {
  readonly name: string;
  /** Of the values, where it is known: `mm`, `°C`. */
  readonly unit?: string;
  /** One sentence. */
  readonly description?: string;
}

/** A column of numbers. */
export interface NumberColumn extends ColumnHead {
  readonly kind: 'number';
  /** NaN where missing. */
  readonly values: readonly number[];
}

/** A column of texts. */
export interface TextColumn extends ColumnHead {
  readonly kind: 'text';
  /** null where missing. */
  readonly values: readonly (string | null)[];
}

/** A named column of a table. */
export type TableColumn = NumberColumn | TextColumn;

/** Named columns of numbers or of text, all of one length, as plain arrays. */
export interface Table {
  /** Number of rows. */
  readonly size: number;
  /** In the order of the file. */
  readonly columns: readonly TableColumn[];
}

/** A column by its name. */
export function columnOf(table: Table, name: string, who = 'columnOf'): TableColumn {
  return columnsByName(table, who)(name);
}

/** A table's columns by name, for many look-ups. */
export function columnsByName(table: Table, who: string): (name: string) => TableColumn {
  expectTable(who, table);
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  return (name) => {
    const found = byName.get(name);
    if (found !== undefined) return found;
    throw new MoeError(who, `there is no such column; there are ${someOf([...byName.keys()])}`, name);
  };
}

/** Refuses what is no table, for whoever has one from JavaScript. */
function expectTable(who: string, table: Table): void {
  const isColumn = (column: TableColumn) =>
    typeof column?.name === 'string' &&
    (column.kind === 'number' || column.kind === 'text') &&
    column.values?.length === table.size;
  const { size, columns } = table ?? {};
  if (Number.isInteger(size) && Array.isArray(columns) && columns.every(isColumn)) return;
  const rule = 'the table must be { size, columns: [{ name, kind, values }] } with as many values as rows';
  throw new MoeError(who, rule, table);
}

/** Whether a column has no value in a row, counted from 0. */
export function isMissing(column: TableColumn, row: number): boolean {
  const value = column.values[row];
  return value === null || value === undefined || Number.isNaN(value);
}

/** The rows, counted from 0, that miss no value: in some columns, or in all. */
export function completeRows(table: Table, names?: readonly string[]): number[] {
  const who = 'completeRows';
  const columnNamed = columnsByName(table, who);
  const columns = names === undefined ? table.columns : expectNames(who, 'names', names).map(columnNamed);
  const all = Array.from({ length: table.size }, (_, row) => row);
  return all.filter((row) => !columns.some((column) => isMissing(column, row)));
}
