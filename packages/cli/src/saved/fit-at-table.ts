import { resolve } from 'node:path';
import { expectOutput, text, type Valued } from '@tfjs-moe/command-line';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { columnNames } from '../column-names.ts';
import { readSavedFit } from './read-saved-fit.ts';
import { rowsOf, type SavedFit, type TableRows } from './table-rows.ts';

/** The options of every command that asks a saved fit about the rows of a table. */
export const fitAtTableOptions: {
  readonly inputs: Valued<readonly string[]>;
  readonly offset: Valued<string>;
  readonly trials: Valued<string>;
  readonly out: Valued<string>;
} = {
  inputs: {
    value: 'A,B',
    about: 'the input columns, in the order of the fit, where the fit does not say them',
    read: columnNames,
  },
  offset: { value: 'COLUMN', about: 'added to the outputs (default: that of the fit)', read: text },
  trials: {
    value: 'COLUMN',
    about: 'out of how many a response is (default: that of the fit)',
    read: text,
  },
  out: { value: 'PATH', about: 'a file instead of standard output', read: text },
};

/** What the words of a command say. */
export interface FitAtTableWords {
  readonly fit: string;
  readonly table: string;
  /** The column that was explained, where it is not the one that the fit names. */
  readonly response?: string | undefined;
  readonly inputs?: readonly string[] | undefined;
  readonly offset?: string | undefined;
  readonly trials?: string | undefined;
  readonly out?: string | undefined;
}

/** A fit that was saved, and the rows of a table as it reads them. */
export interface FitAtTable {
  readonly measure: MixingMeasure;
  readonly saved: SavedFit;
  readonly at: TableRows;
}

/**
 * Reads both, and asks first whether the result can be written.
 * @throws MoeError where one of the three cannot be
 */
export function fitAtTable(who: string, words: FitAtTableWords): FitAtTable {
  const { fit, table, inputs, offset, trials, out } = words;
  if (out !== undefined) {
    const read = { 'the table': resolve(table), 'the fit': resolve(fit) };
    expectOutput(who, '--out', resolve(out), out, { inputs: read });
  }
  const { measure, ...saved } = readSavedFit(who, fit);
  const columns = {
    ...saved.columns,
    ...(offset !== undefined && { offset }),
    ...(trials !== undefined && { trials }),
  };
  const response = words.response ?? saved.response;
  const read = { ...saved, ...(response !== undefined && { response }) };
  return { measure, saved: read, at: rowsOf(who, { file: table, inputs }, columns, read) };
}
