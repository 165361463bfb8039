/**
 * The sample that a command is asked to fit. What a table lacks is said in the words of the command line.
 */
import { MoeError } from '@tfjs-moe/core';
import {
  columnOf,
  completeRows,
  type FormulaSample,
  type FormulaTerms,
  formulaTerms,
  inputsOfFormula,
  sampleOf,
  sampleOfFormula,
  type Table,
  type TableColumn,
  type TableSample,
} from '@tfjs-moe/datasets';
import type { Sample } from '@tfjs-moe/estimators';
import { userTable } from '../user-table.ts';
import { hasDecimalComma, withRemedies } from './cell-remedies.ts';
import type { ModelOptions } from './model-options.ts';

/** Rows that terms must read as the sample has them. */
const LOOKED_AT = 1000;

/** The sample, with the columns that only some families have. */
export type FitSample = TableSample &
  Pick<
    Sample,
    'moreResponses' | 'trials' | 'offset' | 'groups' | 'clusters' | 'gateInputs' | 'expertInputs'
  > & {
    /** What new rows are read with, where a formula said it or can say it. */
    readonly terms?: FormulaTerms;
    readonly intercepts?: FormulaSample['intercepts'];
  };

export function fitSample(options: ModelOptions): FitSample {
  const { who, file, decimal, missing, group, cluster } = options;
  const whole = userTable(who, file, decimal);
  if (options.formula !== undefined) return formulaSample(whole, options.formula, options);
  const names = [group, cluster].filter((name) => name !== undefined);
  if (names.length === 0) return sampleIn(whole, options);
  for (const name of names) columnOf(whole, name, who);
  const kept = missing === 'refuse' ? undefined : completeRows(whole, names);
  const sample = sampleIn(kept === undefined ? whole : rowsOfTable(whole, kept), options);
  const rows = sample.rows.map((row) => kept?.[row] ?? row);
  const labels = (name: string) => {
    const { values } = columnOf(whole, name, who);
    return rows.map((row) => values[row]!);
  };
  return {
    ...sample,
    rows,
    ...(group !== undefined && { groups: labels(group) }),
    ...(cluster !== undefined && { clusters: labels(cluster) }),
  };
}

function formulaSample(
  table: Table,
  formula: string,
  { who, weights, trials, group, cluster, missing, family }: ModelOptions,
): FitSample {
  const read = () =>
    sampleOfFormula(table, formula, {
      missing,
      classes: family.isClass === true,
      ...(weights !== undefined && { weights }),
      ...(trials !== undefined && { trials }),
      ...(group !== undefined && { groups: group }),
      ...(cluster !== undefined && { clusters: cluster }),
    });
  return withRemedies(who, formula, family, read);
}

/** The terms of inputs that options name, if a formula reads the table as the sample has it. */
function termsOf(
  table: Table,
  { inputNames, inputs }: TableSample,
  names: readonly string[],
  { factors, missing }: ModelOptions,
): { readonly terms?: FormulaTerms } {
  if (inputNames.length === 0 || names.some((name) => name.includes('`'))) return {};
  const parts = names.map((name) => (factors.includes(name) ? `factor(\`${name}\`)` : `\`${name}\``));
  const terms = formulaTerms(`~ ${parts.join(' + ')}`, table, { missing });
  const few = rowsOfTable(
    table,
    Array.from({ length: Math.min(LOOKED_AT, table.size) }, (_, row) => row),
  );
  const read = inputsOfFormula(terms, few, { missing }).inputs;
  return `${read}` === `${inputs.slice(0, read.length)}` ? { terms } : {};
}

function rowsOfTable({ columns }: Table, rows: readonly number[]): Table {
  return {
    size: rows.length,
    columns: columns.map(
      (column) => ({ ...column, values: rows.map((row) => column.values[row]!) }) as TableColumn,
    ),
  };
}

function sampleIn(table: Table, options: ModelOptions): FitSample {
  const { response, factors, weights, missing, family, trials, offset } = options;
  expectNumbers(table, options);
  if (missing === 'refuse') expectComplete(table, options);
  // Read with the inputs, so that a row that lacks one is left out or refused like the others; then taken apart again.
  const own = [trials, offset].filter((name) => name !== undefined);
  const inputs = inputsOf(table, options);
  const sample = sampleOf(table, {
    response,
    factors,
    missing,
    classes: family.isClass === true,
    ...((options.inputs ?? options.group ?? options.cluster ?? own[0]) !== undefined && {
      inputs: [...inputs, ...own],
    }),
    ...(weights !== undefined && { weights }),
  });
  if (own.length === 0) return { ...sample, ...termsOf(table, sample, inputs, options) };
  const count = sample.inputNames.length - own.length;
  const columnOf = (name: string | undefined) =>
    name === undefined ? undefined : sample.inputs.map((row) => row[count + own.indexOf(name)]!);
  const [trialsOf, offsetOf] = [columnOf(trials), columnOf(offset)];
  const seen = {
    ...sample,
    inputs: sample.inputs.map((row) => row.slice(0, count)),
    inputNames: sample.inputNames.slice(0, count),
  };
  return {
    ...seen,
    ...termsOf(table, seen, inputs, options),
    ...(trialsOf !== undefined && { trials: trialsOf }),
    ...(offsetOf !== undefined && { offset: offsetOf }),
  };
}

/** The inputs that are asked for, or all columns that are nothing else. */
function inputsOf(
  { columns }: Table,
  { inputs, response, weights, trials, offset, group, cluster }: ModelOptions,
): readonly string[] {
  if (inputs !== undefined) return inputs;
  const others = [response, weights, trials, offset, group, cluster];
  return columns.map(({ name }) => name).filter((name) => !others.includes(name));
}

/** The columns that are used; of names that are no columns `sampleOf` tells. */
function used(
  table: Table,
  { response, inputs, weights, trials, offset, group, cluster }: ModelOptions,
): readonly TableColumn[] {
  return inputs === undefined
    ? table.columns
    : table.columns.filter(({ name }) =>
        [response, weights, trials, offset, group, cluster, ...inputs].includes(name),
      );
}

function expectNumbers(table: Table, options: ModelOptions): void {
  const { who, response, factors, weights, family, group, cluster } = options;
  for (const { name, kind, values } of used(table, options)) {
    if (kind === 'number' || [...factors, weights, group, cluster].includes(name)) continue;
    const row = values.findIndex((value) => value !== null && Number.isNaN(Number(value)));
    const cell = values[Math.max(row, 0)];
    const what = `row ${row + 1} of column "${name}" must be a number`;
    if (hasDecimalComma(cell ?? '')) {
      throw new MoeError(who, `${what}; --decimal , reads decimal commas`, cell);
    }
    if (name !== response) {
      const remedy = `--factors "${name}" makes categories of its values, --inputs names the columns to take`;
      throw new MoeError(who, `${what}; ${remedy}`, cell);
    }
    if (family.isClass !== true) {
      throw new MoeError(who, `${what}; --family multinomial explains classes`, cell);
    }
  }
}

function expectComplete(table: Table, options: ModelOptions): void {
  const { who } = options;
  const columns = used(table, options);
  const complete = completeRows(
    table,
    columns.map(({ name }) => name),
  );
  if (complete.length === table.size) return;
  const row = complete.findIndex((found, place) => found !== place);
  const bad = row < 0 ? complete.length : row;
  const absent = columns.find(({ values }) => values[bad] === null || Number.isNaN(values[bad]));
  throw new MoeError(
    who,
    `row ${bad + 1} of column "${absent?.name}" is missing; --missing drop leaves such rows out`,
  );
}
