import { expectKnownOptions } from '@tfjs-moe/core';
import { columnOf, type Table, type TableColumn } from '../table/table.ts';
import type { Node } from './expression.ts';
import { columnsOf, type FormulaTerms, type SideTerms } from './formula-terms.ts';
import { parseExpression, WHO } from './parse.ts';
import { type FormulaInputs, inputsOfFormula, type SampleOfFormulaOptions } from './sample-of-formula.ts';

/** A column of a table that a formula reads, and the inputs that follow where it is changed. */
export type ColumnOfFormula =
  | {
      readonly name: string;
      /** One number per row. */
      readonly values: readonly number[];
      /** Inputs where these numbers take the place of `values`. */
      rowsAt(values: readonly number[]): FormulaInputs;
    }
  | {
      readonly name: string;
      /** In the order of the terms; the first is the reference. */
      readonly levels: readonly string[];
      /** Inputs where every row is of one level. */
      rowsAt(level: string): FormulaInputs;
    };

/**
 * The columns that a formula reads, each with what the inputs become where it alone is changed, in all terms that it is in:
 * powers, interactions, splines, offsets, right of the bar and left. A column of text, and one inside `factor()`, has the
 * levels of the terms. `averageEffects` of `@tfjs-moe/estimators` takes them.
 *
 * @param table rows that the terms can read, most often those that were fitted
 * @example const effects = averageEffects(fit, variablesOfFormula(sample.terms, table));
 */
export function variablesOfFormula(
  terms: FormulaTerms,
  table: Table,
  options: Pick<SampleOfFormulaOptions, 'missing'> = {},
): ColumnOfFormula[] {
  expectKnownOptions(WHO, options, ['missing']);
  // What cannot be read is refused before anything is changed.
  const { rows } = inputsOfFormula(terms, table, options);
  const kept: Table = {
    size: rows.length,
    columns: table.columns.map(
      (column) => ({ ...column, values: rows.map((row) => column.values[row]!) }) as TableColumn,
    ),
  };
  const inputsWith = (column: TableColumn) =>
    inputsOfFormula(terms, {
      ...kept,
      columns: kept.columns.map((old) => (old.name === column.name ? column : old)),
    });
  const sides = [terms.experts, ...(terms.gate ? [terms.gate] : [])];
  return columnsRead(sides).map((name): ColumnOfFormula => {
    const column = columnOf(kept, name, WHO);
    const levels = levelsOf(name, sides);
    if (levels !== undefined)
      return {
        name,
        levels,
        rowsAt: (level: string) => {
          const isText = column.kind === 'text';
          const values = rows.map(() => (isText ? level : Number(level)));
          return inputsWith({ ...column, values } as TableColumn);
        },
      };
    return {
      name,
      values: column.values as readonly number[],
      rowsAt: (values: readonly number[]) => inputsWith({ ...column, values } as TableColumn),
    };
  });
}

function columnsRead(sides: readonly SideTerms[]): string[] {
  const read = sides.flatMap(({ variables, offsets }) => [...variables.map(({ name }) => name), ...offsets]);
  return [...new Set(read.flatMap((text) => columnsOf(parseExpression(text))))];
}

/** Those of a column that is a factor somewhere; levels of what is computed from it are none of its own. */
function levelsOf(column: string, sides: readonly SideTerms[]): readonly string[] | undefined {
  for (const { variables } of sides)
    for (const { name, coding } of variables)
      if (coding.type === 'factor' && isColumn(parseExpression(name), column)) return coding.levels;
  return undefined;
}

/** Whether a variable is a column, as it is or inside `factor()`. */
function isColumn(node: Node, column: string): boolean {
  const inner = node.type === 'call' ? node.args[0]!.value : node;
  return inner.type === 'name' && inner.name === column;
}
