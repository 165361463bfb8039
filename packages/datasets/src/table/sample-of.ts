import { expectBoolean, expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import { classesOf, type DrawnInputs, indicatorsOf } from './levels.ts';
import { expectNames, someOf } from './names.ts';
import { columnsByName, isMissing, type NumberColumn, type Table, type TableColumn } from './table.ts';

/** Which columns make a sample, and how. */
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

/** Indicators of factors grow as rows times values: 400 MB. */
const MOST_NUMBERS = 50_000_000;

/**
 * The sample in a table: which column is the response, which are the inputs, and what to do about missing values. The
 * time is proportional to the table and the sample together.
 *
 * @throws MoeError that names row and column, if a column is text or a value missing or infinite
 */
export function sampleOf(table: Table, options: SampleOfOptions): TableSample {
  expectKnownOptions(who, options, ['response', 'inputs', 'factors', 'weights', 'missing', 'classes']);
  const missing = expectOneOf(who, 'missing', options.missing ?? 'refuse', ['refuse', 'drop']);
  const isClass = expectBoolean(who, 'classes', options.classes ?? false);
  const columnNamed = columnsByName(table, who);
  const response = columnNamed(options.response);
  const weights = options.weights === undefined ? undefined : numeric(columnNamed(options.weights));
  const inputs = inputNames(table, options).map(columnNamed);
  const isFactor = factorsAmong(inputs, expectNames(who, 'factors', options.factors ?? []));
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
  const drawn = inputs.map((column) =>
    isFactor(column) ? indicatorsOf(who, column, rows) : numbersOf(numeric(column)),
  );
  const names = drawn.flatMap((each) => each.names);
  expectOnce(names);
  expectSize(drawn, inputs, rows.length);
  return {
    inputs: rows.map((row) => drawnRow(drawn, names.length, row)),
    ...(isClass
      ? classesOf(who, response, rows)
      : { response: rows.map((row) => finite(numeric(response), row)) }),
    ...(weights !== undefined && { weights: rows.map((row) => weight(weights, row)) }),
    inputNames: names,
    responseName: response.name,
    rows,
  };
}

function drawnRow(drawn: readonly DrawnInputs[], width: number, row: number): number[] {
  const numbers = new Array<number>(width).fill(0);
  let from = 0;
  for (const each of drawn) {
    each.write(numbers, from, row);
    from += each.names.length;
  }
  return numbers;
}

function expectSize(drawn: readonly DrawnInputs[], inputs: readonly TableColumn[], rows: number): void {
  const width = drawn.reduce((sum, { names }) => sum + names.length, 0);
  if (width === inputs.length || width * rows <= MOST_NUMBERS) return;
  const most = drawn.reduce((best, { names }, i) => (names.length > drawn[best]!.names.length ? i : best), 0);
  throw new MoeError(
    who,
    `factor "${inputs[most]!.name}" has too many values: indicators of ${rows} rows must be at most ${MOST_NUMBERS} numbers`,
    width * rows,
  );
}

function inputNames(table: Table, { response, inputs, weights }: SampleOfOptions): readonly string[] {
  const names =
    inputs === undefined
      ? table.columns.map(({ name }) => name).filter((name) => name !== response && name !== weights)
      : expectNames(who, 'inputs', inputs);
  if (names.length === 0) throw new MoeError(who, 'there must be at least one input', names);
  if (names.includes(response)) throw new MoeError(who, 'the response must not be an input too', response);
  expectOnce(names);
  return names;
}

function expectOnce(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new MoeError(who, 'an input must not be named twice', name);
    seen.add(name);
  }
}

function factorsAmong(inputs: readonly TableColumn[], factors: readonly string[]) {
  const names = new Set(inputs.map(({ name }) => name));
  const stranger = factors.find((factor) => !names.has(factor));
  if (stranger !== undefined) {
    throw new MoeError(who, `factors must be inputs; there are ${someOf([...names])}`, stranger);
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

function numbersOf(column: NumberColumn): DrawnInputs {
  return {
    names: [column.name],
    write(to, from, row) {
      to[from] = finite(column, row);
    },
  };
}

function finite(column: NumberColumn, row: number): number {
  const value = column.values[row]!;
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
