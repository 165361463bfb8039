/** `moe predict`: what a saved fit expects of the rows of a table, as CSV. */
import { resolve } from 'node:path';
import { decimal, expectOutput, optionHelp, readOptions, text } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { predictResponse, type ResponsePrediction } from '@tfjs-moe/estimators';
import { columnNames } from '../column-names.ts';
import type { Command } from '../command.ts';
import { csvOf, writeCsv } from '../saved/csv.ts';
import { readSavedFit } from '../saved/read-saved-fit.ts';
import { rowsOf } from '../saved/table-rows.ts';

const WHO = 'moe predict';

const options = {
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
  level: {
    value: 'P',
    about: 'the part of new responses that an interval holds (default: 0.95)',
    read: decimal({ min: 0, max: 1 }),
  },
  out: { value: 'PATH', about: 'a file instead of standard output', read: text },
};

const usage = () => `usage: moe predict FIT TABLE [options] > predictions.csv

Writes the table with what FIT, a file of moe fit --save, expects of each row: mean, standard deviation, the interval of a new
response, the probability of every expert and its mean; of classes the likeliest, and their probabilities. Levels of factors,
knots and centres are those of the table that was fitted; a level that it did not have is refused by name.

The uncertainty of the estimates is not in the intervals.

${optionHelp(options)}
`;

export const predict: Command = {
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
    const { inputs, offset, trials, level, out } = given;
    if (level === 0 || level === 1) throw new MoeError(WHO, '--level must lie between 0 and 1', level);
    if (out !== undefined) {
      const read = { 'the table': resolve(file), 'the fit': resolve(source) };
      expectOutput(WHO, '--out', resolve(out), out, { inputs: read });
    }
    const { measure, ...saved } = readSavedFit(WHO, source);
    const at = rowsOf(
      WHO,
      { file, inputs },
      {
        ...saved.columns,
        ...(offset !== undefined && { offset }),
        ...(trials !== undefined && { trials }),
      },
      saved,
    );
    const found = predictResponse(measure, at.inputs.rows, {
      ...at.columns,
      ...(level !== undefined && { level }),
    });
    const [names, cellsOf] = columnsOf(found, saved.classes);
    const { columns } = at.table;
    const csv = csvOf([...columns.map(({ name }) => name), ...names], found.rows, (i) => [
      ...columns.map(({ values }) => values[at.rows[i]!]!),
      ...cellsOf(i),
    ]);
    writeCsv(WHO, csv, out, terminal);
    return 0;
  },
};

/** The names of what is predicted, and the values at a row. */
function columnsOf(
  { experts, mean, standardDeviation, interval, classes, gate, expertMeans, rows }: ResponsePrediction,
  classNames: readonly string[] | undefined,
): [names: string[], cellsOf: (row: number) => (string | number)[]] {
  const each = Array.from({ length: experts }, (_, e) => e + 1);
  const gates = each.map((e) => `gate ${e}`);
  const part = (of: Float64Array, width: number, i: number) => [...of.subarray(i * width, (i + 1) * width)];
  if (classes !== undefined) {
    const count = classes.length / rows;
    const called = classNames ?? Array.from({ length: count }, (_, c) => `${c}`);
    return [
      ['class', ...called.map((name) => `P(${name})`), ...gates],
      (i) => {
        const own = part(classes, count, i);
        return [called[own.indexOf(Math.max(...own))]!, ...own, ...part(gate, experts, i)];
      },
    ];
  }
  const law = interval === undefined ? [] : ['sd', 'low', 'high'];
  return [
    ['mean', ...law, ...gates, ...each.map((e) => `expert ${e}`)],
    (i) => [
      mean![i]!,
      ...(interval === undefined ? [] : [standardDeviation![i]!, interval.low[i]!, interval.high[i]!]),
      ...part(gate, experts, i),
      ...part(expertMeans!, experts, i),
    ],
  ];
}
