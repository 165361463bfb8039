/** `moe predict`: what a saved fit expects of the rows of a table, as CSV. */
import { optionHelp, readOptions } from '@tfjs-moe/command-line';
import { predictResponse, type ResponsePrediction } from '@tfjs-moe/estimators';
import type { Command } from '../command.ts';
import { level } from '../level.ts';
import { csvOf, writeCsv } from '../saved/csv.ts';
import { fitAtTable, fitAtTableOptions } from '../saved/fit-at-table.ts';
import type { SavedFit } from '../saved/table-rows.ts';

const WHO = 'moe predict';

const options = {
  ...fitAtTableOptions,
  level: {
    value: 'P',
    about: 'the part of new responses that an interval holds (default: 0.95)',
    read: level,
  },
};

const usage = () => `usage: moe predict FIT TABLE [options] > predictions.csv

Writes the table with what FIT, a file of moe fit --save, expects of each row: mean, standard deviation, the interval of a new
response, the probability of every expert and its mean; of classes the likeliest, and their probabilities. Levels of factors,
knots and centres are those of the table that was fitted; a level that it did not have is refused by name.

The uncertainty of the estimates is not in the intervals.

${optionHelp(options)}
`;

export const predict: Command = {
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
    const { level, out } = given;
    const { measure, saved, at } = fitAtTable(WHO, { ...given, fit: source, table });
    const found = predictResponse(measure, at.inputs.rows, {
      ...at.columns,
      ...(level !== undefined && { level }),
    });
    const [names, cellsOf] = columnsOf(found, saved);
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
  {
    experts,
    responses = 1,
    mean,
    standardDeviation,
    interval,
    classes,
    gate,
    expertMeans,
    rows,
  }: ResponsePrediction,
  { classes: classNames, response = 'y', moreResponses = [] }: SavedFit,
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
  // Several responses have each what one has.
  const of = responses === 1 ? [''] : [response, ...moreResponses].map((name) => ` ${name}`);
  const { low, high } = interval ?? {};
  const numbers = [mean, standardDeviation, low, high].filter((column) => column !== undefined);
  return [
    [
      ...of.flatMap((name) => ['mean', ...law].map((word) => `${word}${name}`)),
      ...gates,
      ...each.flatMap((e) => of.map((name) => `expert ${e}${name}`)),
    ],
    (i) => [
      ...of.flatMap((_, j) => numbers.map((column) => column[i * responses + j]!)),
      ...part(gate, experts, i),
      ...part(expertMeans!, experts * responses, i),
    ],
  ];
}
