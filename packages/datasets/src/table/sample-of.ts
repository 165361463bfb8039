import { expectBoolean, expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import { columnOf, isMissing, type NumberColumn, type Table, type TableColumn } from './table.ts';

/** Which columns of a table become the response, the inputs, the factors and the weights of a sample. */
export interface SampleOfOptions {
  /** Name of the column to explain. */
  readonly response: string;
  /** Names of the columns to explain it by. Default: all others. */
  readonly inputs?: readonly string[];
  /**
   * Names of inputs whose values are categories, of text or numbers. Each value but the first in order becomes an input
   * that is 1 where it stands and 0 elsewhere, called by the column's name and its own, as R's treatment contrasts do.
   * Default: none.
   */
  readonly factors?: readonly string[];
  /** Name of a column that says how often a row counts. Default: every row once. */
  readonly weights?: string;
  /** Whether a row with a missing value in one of these columns is an error or left out. Default `'refuse'`. */
  readonly missing?: 'refuse' | 'drop';
  /** Whether the response is a class: its values, texts or whole numbers, become 0, 1, ... in order. Default false. */
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

/**
 * The sample in a table: which column is the response, which are the inputs, and what to do about missing values.
 *
 * @throws MoeError that names row and column, if a column is text or a value missing or infinite
 */
export function sampleOf(table: Table, options: SampleOfOptions): TableSample {
  expectKnownOptions(who, options, ['response', 'inputs', 'factors', 'weights', 'missing', 'classes']);
  const missing = expectOneOf(who, 'missing', options.missing ?? 'refuse', ['refuse', 'drop']);
  const isClass = expectBoolean(who, 'classes', options.classes ?? false);
  const response = columnOf(table, options.response, who);
  const weights = options.weights === undefined ? undefined : numeric(columnOf(table, options.weights, who));
  const inputs = inputsOf(table, options);
  const isFactor = factorsAmong(inputs, options.factors ?? []);
  for (const column of inputs)
    if (!isFactor(column)) numeric(column, ' (for categories, name it in factors)');
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
  const drawn = inputs.flatMap((column): DrawnInput[] =>
    isFactor(column) ? indicators(column, rows) : [{ name: column.name, values: take(numeric(column)) }],
  );
  expectOnce(drawn.map(({ name }) => name));
  return {
    inputs: rows.map((_, i) => drawn.map(({ values }) => values[i] as number)),
    ...(isClass ? classesOf(response, rows) : { response: take(numeric(response)) }),
    ...(weights !== undefined && { weights: rows.map((row) => weight(weights, row)) }),
    inputNames: drawn.map(({ name }) => name),
    responseName: response.name,
    rows,
  };
}

function inputsOf(table: Table, { response, inputs, weights }: SampleOfOptions): TableColumn[] {
  const names =
    inputs ?? table.columns.map(({ name }) => name).filter((name) => name !== response && name !== weights);
  if (names.length === 0) throw new MoeError(who, 'there must be at least one input', names);
  if (names.includes(response)) throw new MoeError(who, 'the response must not be an input too', response);
  expectOnce(names);
  return names.map((name) => columnOf(table, name, who));
}

function expectOnce(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new MoeError(who, 'an input must not be named twice', name);
    seen.add(name);
  }
}

function factorsAmong(inputs: readonly TableColumn[], factors: readonly string[]) {
  const names = inputs.map(({ name }) => name);
  const stranger = factors.find((factor) => !names.includes(factor));
  if (stranger !== undefined) {
    throw new MoeError(who, `factors must be inputs; there are ${names.join(', ')}`, stranger);
  }
  const chosen = new Set(factors);
  return ({ name }: TableColumn) => chosen.has(name);
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

function weight(column: NumberColumn, row: number): number {
  const value = finite(column, row);
  if (value >= 0) return value;
  throw new MoeError(
    who,
    `row ${row + 1} of column "${column.name}", the weights, must not be negative`,
    value,
  );
}

interface DrawnInput {
  readonly name: string;
  readonly values: number[];
}

/** An input for each value but the first. */
function indicators(column: TableColumn, rows: readonly number[]): DrawnInput[] {
  const [reference, ...others] = categories(column, rows);
  if (others.length === 0) {
    throw new MoeError(who, `factor "${column.name}" must have at least two values`, reference);
  }
  if (others.length + 1 === rows.length) {
    throw new MoeError(who, `factor "${column.name}" must not have another value in every row`, rows.length);
  }
  return others.map((category) => ({
    name: `${column.name}${category}`,
    values: rows.map((row) => (column.values[row] === category ? 1 : 0)),
  }));
}

function classesOf(column: TableColumn, rows: readonly number[]) {
  if (column.kind === 'number') {
    const row = rows.find((each) => !Number.isInteger(column.values[each]));
    if (row !== undefined) {
      throw new MoeError(
        who,
        `row ${row + 1} of column "${column.name}" must be a class: a text or a whole number`,
        column.values[row],
      );
    }
  }
  const ordered = categories(column, rows);
  if (ordered.length === rows.length && rows.length > 2) {
    throw new MoeError(who, `classes "${column.name}" must not be another one in every row`, rows.length);
  }
  const place = new Map(ordered.map((value, index) => [value, index]));
  return {
    response: rows.map((row) => place.get(column.values[row] as string | number) as number),
    classNames: ordered.map(String),
  };
}

/** The values that are there, in order. */
function categories(column: TableColumn, rows: readonly number[]): (string | number)[] {
  const values: readonly (string | number | null)[] = column.values;
  const present = [...new Set(rows.map((row) => values[row] as string | number))];
  return present.sort((a, b) => (a < b ? -1 : 1));
}
