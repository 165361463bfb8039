import { MoeError } from '@tfjs-moe/core';
import { numberOf } from './number-of.ts';
import type { Table, TableColumn } from './table.ts';

/** A table with where it comes from; frozen, arrays included. */
export interface PublishedTable extends Table {
  /** Lower camel case. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Whom to thank and cite. */
  readonly source: string;
  readonly licence: string;
}

/** What a column is, before its values. */
export type ColumnHead = Omit<TableColumn, 'values'>;

/** What the author of a published table writes: its columns, its text, its source and licence. */
export interface PublishedTableDefinition extends Omit<PublishedTable, 'size' | 'columns'> {
  readonly columns: readonly ColumnHead[];
  /** One line per row, cells between commas, none quoted; an empty cell is missing. */
  readonly text: string;
}

/**
 * Published tables: tables that come with their source and licence, kept in this package as the text of their cells.
 *
 * Makes the columns and freezes them.
 */
export function publishedTable(definition: PublishedTableDefinition): PublishedTable {
  const { columns: heads, text, ...about } = expectDefinition(definition);
  const rows = text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const ragged = rows.findIndex((row) => row.length !== heads.length);
  if (ragged >= 0) {
    throw new MoeError(about.name, `row ${ragged + 1} must have ${heads.length} cells`, rows[ragged]);
  }
  const columns = heads.map((head, place): TableColumn => {
    const cells = rows.map((row) => row[place]!);
    return head.kind === 'number'
      ? {
          ...head,
          kind: 'number',
          values: freeze(cells.map((cell, row) => numberIn(about.name, head.name, cell, row))),
        }
      : { ...head, kind: 'text', values: freeze(cells.map((cell) => (cell === '' ? null : cell))) };
  });
  return freeze({ ...about, size: rows.length, columns: freeze(columns.map(freeze)) });
}

function expectDefinition(definition: PublishedTableDefinition): PublishedTableDefinition {
  const who = 'publishedTable';
  const { name, columns, text } = definition ?? {};
  if (typeof name !== 'string') throw new MoeError(who, 'name must be a text', name);
  const isHead = (head: ColumnHead) =>
    typeof head?.name === 'string' && (head.kind === 'number' || head.kind === 'text');
  if (!Array.isArray(columns) || !columns.every(isHead)) {
    throw new MoeError(who, 'columns must be a list of { name, kind }', columns);
  }
  if (typeof text !== 'string') throw new MoeError(who, 'the cells must be a text', text);
  return definition;
}

/** NaN where the cell is empty, and only there. */
function numberIn(who: string, column: string, cell: string, row: number): number {
  const value = cell === '' ? Number.NaN : numberOf(cell, '.');
  if (value !== undefined) return value;
  throw new MoeError(who, `row ${row + 1} of column "${column}" must be a number`, cell);
}

function freeze<T>(value: T): T {
  return Object.freeze(value);
}
