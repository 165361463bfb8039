/** `moe assign`: which expert of a saved fit explains each row of a table, as CSV. */
import { optionHelp, readOptions, text } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { columnOf, modelMatrices, type Table } from '@tfjs-moe/datasets';
import { responsibilities } from '@tfjs-moe/measures';
import type { Command } from '../command.ts';
import { inOptionWords } from '../fit/option-words.ts';
import { csvOf, writeCsv } from '../saved/csv.ts';
import { fitAtTable, fitAtTableOptions } from '../saved/fit-at-table.ts';
import { identifiersOf, numbersOf, type SavedFit } from '../saved/table-rows.ts';

const WHO = 'moe assign';

const options = {
  response: {
    value: 'COLUMN',
    about: 'what was explained (default: as in the fit)',
    read: text,
  },
  group: {
    value: 'COLUMN',
    about: 'rows with the same value there have one expert (default: that of the fit)',
    read: text,
  },
  ...fitAtTableOptions,
};

const usage = () => `usage: moe assign FIT TABLE [options] > assigned.csv

Writes the table with the expert of FIT, a file of moe fit --save, that explains each row best, from 1, and the probability of
every expert now that the response is known.

${optionHelp(options)}
`;

export const assign: Command = {
  options,
  async run(written, terminal) {
    const { given, words, help } = readOptions(WHO, written, options);
    if (help) {
      terminal.output.write(usage());
      return 0;
    }
    const [source, table, ...stray] = words;
    if (source === undefined || table === undefined || stray.length > 0) {
      terminal.errors.write(usage());
      return 2;
    }
    const { measure, saved, at } = fitAtTable(WHO, { ...given, fit: source, table });
    const { response } = saved;
    if (response === undefined) throw new MoeError(WHO, '--response must name the column that was explained');
    const group = given.group ?? saved.columns?.group;
    const [observed, ...more] = explainedIn(at.table, { ...saved, response }, given.response === undefined);
    const groups = group === undefined ? undefined : identifiersOf(WHO, at.table, group);
    const sample = {
      inputs: at.inputs.rows,
      response: at.rows.map((row) => observed![row]!),
      ...(more.length > 0 && {
        moreResponses: more.map((values) => ({ values: at.rows.map((row) => values[row]!) })),
      }),
      ...at.columns,
      ...(groups !== undefined && { groups: at.rows.map((row) => groups[row]!) }),
    };
    const isOfClasses = measure.family === undefined && (measure.units ?? 1) > 1;
    const found = inOptionWords(WHO, at.rows, () =>
      responsibilities(measure, sample, isOfClasses ? { family: 'multinomial' } : {}),
    );
    const { experts } = measure;
    const { columns } = at.table;
    const names = Array.from({ length: experts }, (_, e) => `expert ${e + 1}`);
    const csv = csvOf([...columns.map(({ name }) => name), 'expert', ...names], at.rows.length, (i) => {
      const own = [...found.subarray(i * experts, (i + 1) * experts)];
      return [
        ...columns.map(({ values }) => values[at.rows[i]!]!),
        own.indexOf(Math.max(...own)) + 1,
        ...own,
      ];
    });
    writeCsv(WHO, csv, given.out, terminal);
    return 0;
  },
};

/** What was explained, each of several, at every row: by the formula of the fit, or as it stands in columns. */
function explainedIn(
  table: Table,
  { response, moreResponses = [], classes, terms }: SavedFit & { readonly response: string },
  isOfFit: boolean,
): readonly (readonly number[])[] {
  const isDerived = isOfFit && classes === undefined && terms?.response !== undefined;
  const found = isDerived ? modelMatrices(terms, table) : undefined;
  if (found?.response !== undefined) return [found.response, ...(found.moreResponses ?? [])];
  return [responsesOf(table, response, classes), ...moreResponses.map((name) => numbersOf(WHO, table, name))];
}

/** The responses as numbers; classes by their place among those of the fit. */
function responsesOf(table: Table, name: string, classes: readonly string[] | undefined): readonly number[] {
  if (classes === undefined) return numbersOf(WHO, table, name);
  return columnOf(table, name, WHO).values.map((value, row) => {
    const place = classes.indexOf(`${value}`);
    if (place >= 0) return place;
    throw new MoeError(
      WHO,
      `row ${row + 1} of column "${name}" must be a class of the fit: ${classes.join(', ')}`,
      value,
    );
  });
}
