/** `moe assign`: which expert of a saved fit explains each row of a table, as CSV. */
import { resolve } from 'node:path';
import { expectOutput, optionHelp, readOptions, text } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { columnOf, type Table } from '@tfjs-moe/datasets';
import { responsibilities } from '@tfjs-moe/measures';
import { columnNames } from '../column-names.ts';
import type { Command } from '../command.ts';
import { csvOf, writeCsv } from '../saved/csv.ts';
import { readSavedFit } from '../saved/read-saved-fit.ts';
import { numbersOf, rowsOf } from '../saved/table-rows.ts';

const WHO = 'moe assign';

const options = {
  response: {
    value: 'COLUMN',
    about: 'what was explained (default: as in the fit)',
    read: text,
  },
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
  group: {
    value: 'COLUMN',
    about: 'rows with the same value there have one expert (default: that of the fit)',
    read: text,
  },
  out: { value: 'PATH', about: 'a file instead of standard output', read: text },
};

const usage = () => `usage: moe assign FIT TABLE [options] > assigned.csv

Writes the table with the expert of FIT, a file of moe fit --save, that explains each row best, from 1, and the probability of
every expert now that the response is known.

${optionHelp(options)}
`;

export const assign: Command = {
  async run(written, terminal) {
    const { given, words, help } = readOptions(WHO, written, options);
    if (help) {
      terminal.output.write(usage());
      return 0;
    }
    const [source, file, ...stray] = words;
    if (source === undefined || file === undefined || stray.length > 0) {
      terminal.errors.write(usage());
      return 2;
    }
    const { inputs, out, offset, trials } = given;
    if (out !== undefined) {
      const read = { 'the table': resolve(file), 'the fit': resolve(source) };
      expectOutput(WHO, '--out', resolve(out), out, { inputs: read });
    }
    const { measure, ...saved } = readSavedFit(WHO, source);
    const response = given.response ?? saved.response;
    if (response === undefined) throw new MoeError(WHO, '--response must name the column that was explained');
    const group = given.group ?? saved.columns?.group;
    const named = {
      ...saved.columns,
      ...(offset !== undefined && { offset }),
      ...(trials !== undefined && { trials }),
    };
    const at = rowsOf(WHO, { file, inputs }, named, { ...saved, response });
    const observed = responsesOf(at.table, response, saved.classes);
    const groups = group === undefined ? undefined : columnOf(at.table, group, WHO).values;
    const found = responsibilities(
      measure,
      {
        inputs: at.inputs.rows,
        response: at.rows.map((row) => observed[row]!),
        ...at.columns,
        ...(groups !== undefined && { groups: at.rows.map((row) => groups[row] ?? '') }),
      },
      measure.family === undefined && (measure.units ?? 1) > 1 ? { family: 'multinomial' } : {},
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
    writeCsv(WHO, csv, out, terminal);
    return 0;
  },
};

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
