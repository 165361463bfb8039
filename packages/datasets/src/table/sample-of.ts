/**
 * The sample in a table: which column is the response, which are the inputs, and what to do about missing values.
 */
import { expectBoolean, expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import { columnOf, isMissing, type NumberColumn, type Table, type TableColumn } from './table.ts';

export interface SampleOfOptions {
  /** Name of the column to explain. */
  readonly response: string;
  /** Names of the columns to explain it by. Default: all others. */
  readonly inputs?: readonly string[];
  /** Name of a column that says how often a row counts. Default: every row once. */
  readonly weights?: string;
  /** Whether a row with a missing value in one of these columns is an error or left out. Default `'refuse'`. */
  readonly missing?: 'refuse' | 'drop';
  /** Whether the response is a class: its values, in order, become 0, 1, ... Default false. */
  readonly classes?: boolean;
}

/** A sample for the estimators. */
export interface TableSample {
  /** [n, D]. */
  readonly inputs: number[][];
  readonly response: number[];
  readonly weights?: number[];
  readonly inputNames: readonly string[];
  readonly responseName: string;
  /** What the classes 0, 1, ... are called. */
  readonly classNames?: readonly string[];
  /** The rows of the table, counted from 0, that the sample is made of. */
  readonly rows: number[];
}

const who = 'sampleOf';

/** @throws MoeError that names row and column, if a column is text or a value missing or infinite */
export function sampleOf(table: Table, options: SampleOfOptions): TableSample {
  expectKnownOptions(who, options, ['response', 'inputs', 'weights', 'missing', 'classes']);
  const missing = expectOneOf(who, 'missing', options.missing ?? 'refuse', ['refuse', 'drop']);
  const isClass = expectBoolean(who, 'classes', options.classes ?? false);
  const response = columnOf(table, options.response, who);
  const weights = options.weights === undefined ? undefined : numeric(columnOf(table, options.weights, who));
  const inputs = inputsOf(table, options).map((column) => numeric(column));
  if (!isClass) numeric(response, ' (for classes, ask for classes: true)');

  const columns = [response, ...inputs, ...(weights === undefined ? [] : [weights])];
  const rows: number[] = [];
  for (let row = 0; row < table.size; row++) {
    const absent = columns.find((column) => isMissing(column, row));
    if (absent === undefined) rows.push(row);
    else if (missing === 'refuse') {
      throw new MoeError(
        who,
        `row ${row + 1} of column "${absent.name}" is missing; missing: 'drop' leaves such rows out`,
      );
    }
  }
  if (rows.length === 0) throw new MoeError(who, 'there must be at least one row without a missing value', 0);
  const take = (column: NumberColumn) => rows.map((row) => finite(column, row));
  const drawn = inputs.map(take);
  return {
    inputs: rows.map((_, i) => drawn.map((column) => column[i] as number)),
    ...(isClass ? classesOf(response, rows) : { response: take(numeric(response)) }),
    ...(weights !== undefined && { weights: take(weights) }),
    inputNames: inputs.map(({ name }) => name),
    responseName: response.name,
    rows,
  };
}

function inputsOf(table: Table, { response, inputs, weights }: SampleOfOptions): TableColumn[] {
  const names =
    inputs ?? table.columns.map(({ name }) => name).filter((name) => name !== response && name !== weights);
  if (names.length === 0) throw new MoeError(who, 'there must be at least one input', names);
  if (names.includes(response)) throw new MoeError(who, 'the response must not be an input too', response);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) throw new MoeError(who, 'an input must not be named twice', twice);
  return names.map((name) => columnOf(table, name, who));
}

/** The column, if it is one of numbers; else says which cell is not. */
function numeric(column: TableColumn, remedy = ''): NumberColumn {
  if (column.kind === 'number') return column;
  const row = column.values.findIndex((value) => value !== null && Number.isNaN(Number(value)));
  const where = row < 0 ? 'it was read as text' : `row ${row + 1} does not`;
  throw new MoeError(
    who,
    `column "${column.name}" must hold numbers${remedy}; ${where}`,
    column.values[Math.max(row, 0)],
  );
}

function finite(column: NumberColumn, row: number): number {
  const value = column.values[row] as number;
  if (Number.isFinite(value)) return value;
  throw new MoeError(who, `row ${row + 1} of column "${column.name}" must be finite`, value);
}

function classesOf(column: TableColumn, rows: readonly number[]) {
  const values: readonly (string | number | null)[] = column.values;
  const present = [...new Set(rows.map((row) => values[row] as string | number))];
  const ordered = present.sort((a, b) => (a < b ? -1 : 1));
  const place = new Map(ordered.map((value, index) => [value, index]));
  return {
    response: rows.map((row) => place.get(values[row] as string | number) as number),
    classNames: ordered.map(String),
  };
}
