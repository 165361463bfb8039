/**
 * `moe simulate`: a sample from a published design, or from a measure of one's own, as CSV.
 */

import { resolve } from 'node:path';
import { expectOutput, integer, optionHelp, readOptions, text } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { designNames, type Simulation, simulate as simulateSample } from '@tfjs-moe/datasets';
import { columnNames } from '../column-names.ts';
import type { Command } from '../command.ts';
import { csvOf, writeCsv } from '../saved/csv.ts';
import { identifiersOf, type TableRows } from '../saved/table-rows.ts';
import { normalNoise, truthOf } from '../simulate/truth.ts';

const WHO = 'moe simulate';

const options = {
  at: { value: 'TABLE', about: 'the inputs are the rows of this CSV file', read: text },
  inputs: {
    value: 'A,B',
    about: 'its columns, in the order of the fit, where the fit does not say them (default: all)',
    read: columnNames,
  },
  offset: {
    value: 'COLUMN',
    about: 'of the table: added to the outputs (default: that of the fit)',
    read: text,
  },
  trials: {
    value: 'COLUMN',
    about: 'of the table: out of how many each response is (default: that of the fit)',
    read: text,
  },
  group: {
    value: 'COLUMN',
    about: 'of the table: rows with the same value there have one expert (default: that of the fit)',
    read: text,
  },
  noise: {
    value: 'S',
    about: 'the standard deviation around the fitted function, where the fit is one of least squares',
    read: normalNoise,
  },
  n: {
    value: 'N',
    about: 'observations (default: 1000, or all rows of the table)',
    read: integer({ min: 1 }),
  },
  seed: { value: 'N', about: 'decides every random number (default: 1)', read: integer({ min: 0 }) },
  components: { about: 'a column z, too: the expert, from 1, that each observation was drawn from' },
  out: { value: 'PATH', about: 'a file instead of standard output', read: text },
};

const usage = () => `usage: moe simulate DESIGN [options] > data.csv
       moe simulate FILE [options] > data.csv
       moe simulate FIT --at TABLE [--inputs A,B] [options] > data.csv

Draws a sample. The same seed gives the same rows, and a longer sample begins with the shorter one (but on a grid).

DESIGN is one of
${columns(designNames)}
FILE is JSON: { "measure": what measureToJSON gives, "inputs": { "kind": "uniform", "min": -3, "max": 3 },
"noise": { "kind": "regression", "standardDeviation": 0.1 } }
FIT is what moe fit --save writes: new responses at the rows of a table, as rflexmix(m) draws them

${optionHelp(options)}
`;

export const simulate: Command = {
  options,
  async run(written, terminal) {
    const { given, words, help } = readOptions(WHO, written, options);
    if (help) {
      terminal.output.write(usage());
      return 0;
    }
    const [source, ...stray] = words;
    if (source === undefined || stray.length > 0) {
      terminal.errors.write(usage());
      return 2;
    }
    const { out, seed = 1, noise, components } = given;
    if (out !== undefined) {
      const table = given.at === undefined ? undefined : resolve(given.at);
      const inputs = { 'the table': table, 'the fit': resolve(source) };
      expectOutput(WHO, '--out', resolve(out), out, { inputs });
    }
    const { at: file, inputs, offset, trials, group: named } = given;
    if (file === undefined && (inputs ?? offset ?? trials ?? named) !== undefined) {
      throw new MoeError(
        WHO,
        '--inputs, --offset, --trials and --group name columns of the table that --at gives',
        inputs ?? offset ?? trials ?? named,
      );
    }
    const { at, group, ...truth } = truthOf(source, {
      at: file === undefined ? undefined : { file, inputs },
      noise,
      columns: { ...(offset !== undefined && { offset }), ...(trials !== undefined && { trials }) },
      group: named,
    });
    const n = given.n ?? at?.inputs.rows.length ?? 1000;
    // Of a table whose rows lack values fewer rows are inputs.
    const identifiers = at && group !== undefined ? identifiersOf(WHO, at.table, group) : undefined;
    const groups = identifiers && at!.rows.slice(0, n).map((row) => identifiers[row]!);
    const sample = simulateSample({ ...truth, ...rowColumns(at, n), ...(groups && { groups }), n, seed });
    const csv = linesOf({ ...sample, inputNames: at?.names ?? sample.inputNames }, components, at?.cells);
    writeCsv(WHO, csv, out, terminal);
    return 0;
  },
};

/** The columns besides the inputs, for as many rows as are drawn. */
function rowColumns(at: TableRows | undefined, n: number): { readonly [name: string]: number[] } {
  return Object.fromEntries(
    Object.entries(at?.columns ?? {}).map(([name, values]) => [name, values.slice(0, n)]),
  );
}

function linesOf(
  { inputs, response, moreResponses = [], components, inputNames, responseName }: Simulation,
  withComponents: boolean,
  cells: TableRows['cells'] = inputs,
): Iterable<string> {
  if (withComponents && components === undefined) {
    throw new MoeError(
      WHO,
      '--components needs noise in which an expert is drawn for every row',
      'regression',
    );
  }
  const more = moreResponses.map(({ name }) => name);
  const names = [...inputNames, responseName, ...more, ...(withComponents ? ['z'] : [])];
  return csvOf(names, inputs.length, (i) => [
    ...cells[i]!,
    response[i]!,
    ...moreResponses.map(({ values }) => values[i]!),
    ...(withComponents ? [components![i]! + 1] : []),
  ]);
}

function columns(names: readonly string[]): string {
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const perLine = Math.floor(100 / width);
  return Array.from(
    { length: Math.ceil(names.length / perLine) },
    (_, line) =>
      `  ${names
        .slice(line * perLine, (line + 1) * perLine)
        .map((name) => name.padEnd(width))
        .join('')
        .trimEnd()}`,
  ).join('\n');
}
