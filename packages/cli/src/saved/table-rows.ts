/** The rows of a table as a fit that was saved reads them. */
import { MoeError } from '@tfjs-moe/core';
import { columnOf, type FormulaTerms, type Inputs, inputsOfFormula, type Table } from '@tfjs-moe/datasets';
import { userTable } from '../user-table.ts';

/** What belongs to rows besides their inputs, by the names of columns: a fit that is saved keeps those of its table. */
export interface RowColumns {
  readonly offset?: string | undefined;
  readonly trials?: string | undefined;
}

/** What `moe fit --save` writes beside the measure. */
export interface SavedFit {
  readonly response?: string;
  /** Of several responses, those after the first. */
  readonly moreResponses?: readonly string[];
  readonly terms?: FormulaTerms;
  /** What stood before the decimals of its table, where that was no point. */
  readonly decimal?: ',';
  readonly columns?: RowColumns & { readonly group?: string | undefined };
  /** Names of the classes of a multinomial response, in the order of the outputs. */
  readonly classes?: readonly string[];
  /** `FitNumbers`, once `expectFitNumbers` has seen them. */
  readonly fit?: unknown;
  /** What `fitToJSON` wrote beside the measure: a fit by maximum likelihood, for questions after it. */
  readonly report?: unknown;
}

/** A table, and which of its columns are the inputs. */
export interface Place {
  readonly file: string;
  readonly inputs: readonly string[] | undefined;
}

export interface TableRows {
  readonly table: Table;
  /** Of the table, from 0. */
  readonly rows: readonly number[];
  /** What the columns are called that are written with the response. */
  readonly names: readonly string[];
  /** These columns, row by row. */
  readonly cells: readonly (readonly (string | number | null)[])[];
  readonly inputs: Extract<Inputs, { kind: 'rows' }>;
  /** What belongs to rows besides the inputs, by what it is for. */
  readonly columns: Readonly<Partial<Record<keyof RowColumns, readonly number[]>>>;
}

/** The rows of a table, as the terms of a fit read them, or as they stand in some columns. */
export function rowsOf(
  who: string,
  { file, inputs }: Place,
  { offset, trials }: RowColumns,
  { response, moreResponses = [], terms, decimal }: SavedFit,
): TableRows {
  const table = userTable(who, file, decimal);
  expectOneOffset(who, offset, terms);
  const columns = {
    ...(offset !== undefined && { offset: numbersOf(who, table, offset) }),
    ...(trials !== undefined && { trials: numbersOf(who, table, trials) }),
  };
  if (terms !== undefined) {
    const shown = table.columns.filter(({ name }) => name !== response && !moreResponses.includes(name));
    const read = inputsOfFormula(terms, table);
    return {
      table,
      rows: read.rows,
      names: shown.map(({ name }) => name),
      cells: read.rows.map((row) => shown.map(({ values }) => values[row]!)),
      inputs: { kind: 'rows', rows: read.inputs },
      columns: { ...(read.offset && { offset: read.offset }), ...columns },
    };
  }
  const others = [offset, trials, response];
  const names = inputs ?? table.columns.map(({ name }) => name).filter((name) => !others.includes(name));
  const own = names.map((name) => numbersOf(who, table, name));
  const rowsAt = (of: readonly (readonly number[])[]) =>
    Array.from({ length: table.size }, (_, row) => of.map((values) => values[row]!));
  return {
    table,
    rows: Array.from({ length: table.size }, (_, row) => row),
    names: [...names, ...[offset, trials].filter((name) => name !== undefined)],
    cells: rowsAt([...own, ...Object.values(columns)]),
    inputs: { kind: 'rows', rows: rowsAt(own) },
    columns,
  };
}

/** Refuses an offset beside one of the formula, which would take its place. */
export function expectOneOffset(
  who: string,
  offset: string | undefined,
  terms: FormulaTerms | undefined,
): void {
  const own = terms?.experts?.offsets ?? [];
  if (offset === undefined || own.length === 0) return;
  throw new MoeError(
    who,
    `the formula of the fit has one of its own, ${own.join(' + ')}: leave --offset out`,
    offset,
  );
}

/** A column of numbers, whole. */
export function numbersOf(who: string, table: Table, name: string): readonly number[] {
  const { values } = columnOf(table, name, who);
  values.forEach((value, row) => {
    if (Number.isFinite(value)) return;
    throw new MoeError(who, `row ${row + 1} of column "${name}" must be a number`, value);
  });
  return values as readonly number[];
}

/** To whom each row belongs; a row of nobody has no place. */
export function identifiersOf(who: string, table: Table, name: string): readonly (string | number)[] {
  return columnOf(table, name, who).values.map((value, row) => {
    if (value !== null && !Number.isNaN(value)) return value;
    throw new MoeError(who, `row ${row + 1} of column "${name}" is missing, so that its group is unknown`);
  });
}
