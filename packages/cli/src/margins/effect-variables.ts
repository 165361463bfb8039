import { MoeError } from '@tfjs-moe/core';
import { variablesOfFormula } from '@tfjs-moe/datasets';
import type { EffectVariable } from '@tfjs-moe/estimators';
import type { SavedReport } from '../saved/read-saved-report.ts';
import { expectOneOffset, numbersOf, rowsOf } from '../saved/table-rows.ts';
import { userTable } from '../user-table.ts';

/** Which rows are averaged over, and what is changed in them. */
export interface EffectTable {
  /** As written. */
  readonly table: string;
  /** The input columns, where the fit does not say them. */
  readonly inputs?: readonly string[] | undefined;
  readonly offset?: string | undefined;
  readonly weights?: string | undefined;
  /** Names of columns; default all. */
  readonly variables?: readonly string[] | undefined;
}

export interface Effects {
  readonly variables: readonly EffectVariable[];
  readonly weights: readonly number[] | undefined;
  readonly n: number;
}

/** The columns of a table that a fit reads, as its formula or its inputs do. */
export function effectVariables(
  who: string,
  { saved, fit }: SavedReport,
  { table: file, inputs, weights, variables, ...words }: EffectTable,
): Effects {
  const table = userTable(who, file, saved.decimal);
  expectOneOffset(who, words.offset, saved.terms);
  const name = words.offset ?? saved.columns?.offset;
  const offset = name === undefined ? undefined : numbersOf(who, table, name);
  const all = saved.terms
    ? variablesOfFormula(saved.terms, table).map((variable) => withOffset(variable, offset))
    : inputVariables(who, { file, inputs }, { saved, fit }, offset);
  const names = all.map((each) => each.name);
  const unknown = variables?.find((wanted) => !names.includes(wanted));
  if (unknown !== undefined)
    throw new MoeError(who, `--variables must be columns that the fit reads (${names.join(', ')})`, unknown);
  return {
    variables: all.filter((each) => variables?.includes(each.name) ?? true),
    weights: weights === undefined ? undefined : numbersOf(who, table, weights),
    n: table.size,
  };
}

/** With the offset of a column, of a formula that has none. */
function withOffset(variable: EffectVariable, offset: readonly number[] | undefined): EffectVariable {
  if (offset === undefined) return variable;
  return 'levels' in variable
    ? { ...variable, rowsAt: (level: string) => ({ ...variable.rowsAt(level), offset }) }
    : { ...variable, rowsAt: (values: readonly number[]) => ({ ...variable.rowsAt(values), offset }) };
}

function inputVariables(
  who: string,
  place: { readonly file: string; readonly inputs: readonly string[] | undefined },
  { saved, fit }: SavedReport,
  offset: readonly number[] | undefined,
): EffectVariable[] {
  const { trials: _, ...columns } = saved.columns ?? {};
  const { rows } = rowsOf(who, place, columns, saved).inputs;
  return fit.inputNames.map((name, input) => ({
    name,
    values: rows.map((row) => row[input]!),
    rowsAt: (values: readonly number[]) => ({
      inputs: rows.map((row, i) => row.map((value, d) => (d === input ? values[i]! : value))),
      ...(offset !== undefined && { offset }),
    }),
  }));
}
