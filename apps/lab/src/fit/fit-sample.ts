/**
 * The sample that `moe fit` is asked for. What a table lacks is said in the words of the command line.
 */
import { MoeError } from '@tfjs-moe/core';
import { completeRows, sampleOf, type Table, type TableColumn, type TableSample } from '@tfjs-moe/datasets';
import { userTable } from '../user-table.ts';
import type { FitOptions } from './fit-options.ts';

const WHO = 'moe fit';

export function fitSample(options: FitOptions): TableSample {
  const { file, decimal, response, inputs, factors, weights, missing, family } = options;
  const table = userTable(WHO, file, decimal);
  expectNumbers(table, options);
  if (missing === 'refuse') expectComplete(table, options);
  return sampleOf(table, {
    response,
    factors,
    missing,
    classes: family === 'multinomial',
    ...(inputs && { inputs }),
    ...(weights !== undefined && { weights }),
  });
}

/** The columns that are used; of names that are no columns `sampleOf` tells. */
function used(table: Table, { response, inputs, weights }: FitOptions): readonly TableColumn[] {
  return inputs === undefined
    ? table.columns
    : table.columns.filter(({ name }) => [response, weights, ...inputs].includes(name));
}

function expectNumbers(table: Table, options: FitOptions): void {
  const { response, factors, weights, family } = options;
  for (const { name, kind, values } of used(table, options)) {
    if (kind === 'number' || factors.includes(name) || name === weights) continue;
    const row = values.findIndex((value) => value !== null && Number.isNaN(Number(value)));
    const cell = values[Math.max(row, 0)];
    const what = `row ${row + 1} of column "${name}" must be a number`;
    if (/^[+-]?\d*,\d+$/.test(cell ?? '')) {
      throw new MoeError(WHO, `${what}; --decimal , reads decimal commas`, cell);
    }
    if (name !== response) {
      const remedy = `--factors "${name}" makes categories of its values, --inputs names the columns to take`;
      throw new MoeError(WHO, `${what}; ${remedy}`, cell);
    }
    if (family === 'gaussian') {
      throw new MoeError(WHO, `${what}; --family multinomial explains classes`, cell);
    }
  }
}

function expectComplete(table: Table, options: FitOptions): void {
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
    WHO,
    `row ${bad + 1} of column "${absent?.name}" is missing; --missing drop leaves such rows out`,
  );
}
