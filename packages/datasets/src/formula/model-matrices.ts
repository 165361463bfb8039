import { expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import { columnsByName, completeRows, type Table } from '../table/table.ts';
import { numbersOf } from './arithmetic.ts';
import {
  columnsOf,
  type FormulaOptions,
  type FormulaTerms,
  responsesIn,
  type SideTerms,
} from './formula-terms.ts';
import { parseExpression, WHO } from './parse.ts';
import { type FormulaVariable, namesOf, valuesOf } from './variables.ts';

/** The columns of one side of a formula. */
export interface ModelMatrix {
  /** Whether the model has a constant. It is no column here: gates and experts have biases of their own. */
  readonly intercept: boolean;
  /** What R calls the columns. */
  readonly names: readonly string[];
  /** [n, D]. */
  readonly inputs: readonly (readonly number[])[];
}

/** What a formula makes of a table. */
export interface ModelMatrices {
  /** What is explained: [n]. Absent where the formula has no response, or the table has no such column. */
  readonly response?: readonly number[];
  /** What is explained together with it, by `cbind` in the formula: a column for each further response. */
  readonly moreResponses?: readonly (readonly number[])[];
  readonly experts: ModelMatrix;
  /** Absent where the formula has no bar. */
  readonly gate?: ModelMatrix;
  /** The sum of the offsets: [n]. */
  readonly offset?: readonly number[];
  /** Rows of the table, counted from 0, that are rows of the matrices. */
  readonly rows: readonly number[];
}

/**
 * The columns that R's `model.matrix` has, of any table, with the levels, knots and centres that the terms keep: new
 * rows are read as the old were.
 *
 * @throws MoeError that names row and column for a level that the terms do not know, a text in place of a number, a
 *   missing value, or a missing column
 * @example const { response, experts, gate } = modelMatrices(formulaTerms('y ~ x | z', table), table);
 */
export function modelMatrices(
  terms: FormulaTerms,
  table: Table,
  options: FormulaOptions = {},
): ModelMatrices {
  expectKnownOptions(WHO, options, ['missing']);
  const missing = expectOneOf(WHO, 'missing', options.missing ?? 'refuse', ['refuse', 'drop']);
  const { response, experts, gate } = expectTerms(terms);
  columnsByName(table, WHO);
  const known = new Set(table.columns.map(({ name }) => name));
  const explained = response === undefined ? [] : responsesIn(parseExpression(response));
  const hasResponse = explained.length > 0 && explained.flatMap(columnsOf).every((name) => known.has(name));
  const read = [experts, ...(gate ? [gate] : [])].flatMap(({ variables, offsets }) => [
    ...variables.map(({ name }) => name),
    ...offsets,
  ]);
  const nodes = [...read.map(parseExpression), ...(hasResponse ? explained : [])];
  const rows =
    missing === 'drop'
      ? completeRows(table, [...new Set(nodes.flatMap(columnsOf))])
      : Array.from({ length: table.size }, (_, row) => row);
  const offsets = experts.offsets.map((text) => numbersOf(parseExpression(text), table, rows));
  return {
    ...(hasResponse && { response: numbersOf(explained[0]!, table, rows) }),
    ...(hasResponse &&
      explained.length > 1 && {
        moreResponses: explained.slice(1).map((each) => numbersOf(each, table, rows)),
      }),
    experts: matrixOf(experts, table, rows),
    ...(gate && { gate: matrixOf(gate, table, rows) }),
    ...(offsets.length > 0 && {
      offset: rows.map((_, i) => offsets.reduce((sum, values) => sum + values[i]!, 0)),
    }),
    rows,
  };
}

function expectTerms(terms: FormulaTerms): FormulaTerms {
  const { response, experts, gate } = terms ?? {};
  const isSound = response === undefined || typeof response === 'string';
  if (isSound && isSide(experts) && (gate === undefined || isSide(gate))) return terms;
  throw new MoeError(WHO, 'the terms must be those that formulaTerms returned', terms);
}

/** Terms may come from a file, so every member is looked at. */
function isSide(side: SideTerms | undefined): boolean {
  const { intercept, variables, terms, offsets } = side ?? {};
  if (typeof intercept !== 'boolean' || !isListOf(offsets, (text) => typeof text === 'string')) return false;
  if (!isListOf(variables, (of) => typeof of?.name === 'string' && isCoding(of.coding))) return false;
  return isListOf(
    terms,
    (term) =>
      isListOf(term?.variables, (place) => variables![place] !== undefined) &&
      isListOf(term.full, (full) => typeof full === 'boolean') &&
      term.full.length === term.variables.length,
  );
}

function isCoding(coding: FormulaVariable['coding'] | undefined): boolean {
  const isNumber = Number.isFinite;
  switch (coding?.type) {
    case 'number':
      return true;
    case 'factor':
      return isListOf(coding.levels, (level) => typeof level === 'string');
    case 'scale':
      return isNumber(coding.centre) && isNumber(coding.scale);
    case 'poly':
      return isListOf(coding.alpha, isNumber) && isListOf(coding.norm2, isNumber) && isNumber(coding.degree);
    case 'bs':
    case 'ns':
      return (
        isListOf(coding.knots, isNumber) && isListOf(coding.boundary, isNumber) && isNumber(coding.degree)
      );
    default:
      return false;
  }
}

function isListOf<T>(list: readonly T[] | undefined, is: (value: T) => boolean): boolean {
  return Array.isArray(list) && list.every((value) => is(value));
}

function matrixOf(side: SideTerms, table: Table, rows: readonly number[]): ModelMatrix {
  const names: string[] = [];
  const inputs: number[][] = rows.map(() => []);
  for (const { variables, full } of side.terms) {
    const own = variables.map((place, v) => namesOf(side.variables[place]!, full[v]!));
    const values = variables.map((place, v) => valuesOf(side.variables[place]!, full[v]!, table, rows));
    names.push(...own.reduce((joined, next) => crossed(joined, next, (a, b) => `${a}:${b}`)));
    rows.forEach((_, i) => {
      const numbers = values.map((of) => of[i]!);
      inputs[i]!.push(...numbers.reduce((joined, next) => crossed(joined, next, (a, b) => a * b)));
    });
  }
  return { intercept: side.intercept, names, inputs };
}

/** All pairs, the first varying fastest. */
function crossed<T>(first: readonly T[], second: readonly T[], join: (a: T, b: T) => T): T[] {
  return second.flatMap((b) => first.map((a) => join(a, b)));
}
