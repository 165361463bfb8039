/** What is wrong with a table is told by its rows, counted from 1, and by the option that helps. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Command } from '../src/command.ts';
import { assign } from '../src/commands/assign.ts';
import { fit } from '../src/commands/fit.ts';
import { predict } from '../src/commands/predict.ts';
import { select } from '../src/commands/select.ts';
import { captured } from './captured.ts';
import { fitJson, tableFiles } from './table-files.ts';

const said = captured();
const { file, folder } = tableFiles();
const at = (i: number) => ((i * 7) % 10) / 10 + i / 100;
const rows = Array.from({ length: 30 }, (_, i) => [at(i), i % 4, 2 * at(i) + Math.sin(i), 1, 'pq'[i % 2]!]);
const written = (change: (row: (string | number)[], i: number) => unknown[] = (row) => row) => [
  'x,y,v,w,s',
  ...rows.map((row, i) => change(row, i).join(',')),
];
const put = (row: (string | number)[], place: number, cell: string | number) =>
  row.map((old, i) => (i === place ? cell : old));
const plain = file('plain.csv', ...written());
/** The third row has this in a column. */
const third = (place: number, cell: string | number) =>
  file(`${place}-${cell}.csv`, ...written((row, i) => (i === 2 ? put(row, place, cell) : row)));

test.each<[string, Command, string[], string]>([
  ['an unknown response', fit, [plain, 'q ~ x'], 'formula: there is no such column'],
  ['an unknown response, less', fit, [plain, 'v - z ~ x'], 'there is no such column'],
  [
    'a missing cell',
    fit,
    [third(0, 'NA'), 'v ~ x'],
    'row 3 of column "x" must not be missing; --missing drop',
  ],
  [
    'a point of Stata',
    fit,
    [third(0, '.'), 'v ~ x'],
    'row 3 of column "x" must not be missing; --missing drop',
  ],
  ['a slip of the pen', fit, [third(0, '1O'), 'v ~ x'], 'row 3 of column "x" must be a number, as most are'],
  [
    'a text to explain',
    fit,
    [plain, 's ~ x'],
    'moe fit: row 1 of column "s" must be a number; --family multinomial',
  ],
  [
    'a negative count',
    fit,
    [third(1, -1), 'y ~ x', '--family', 'poisson'],
    'moe fit: the response must be counts, integers of at least 0; row 3 is not so. Received: -1.',
  ],
  [
    'the same of many',
    select,
    [third(1, -1), 'y ~ x', '--family', 'poisson'],
    'moe select: the response must be counts, integers of at least 0; row 3 is not so. Received: -1.',
  ],
  ['a negative weight', fit, [third(3, -1), 'v ~ x', '--weights', 'w'], 'row 3 is. Received: -1.'],
  ['a structure', select, [plain, 'v ~ x', '--equal', 'q'], 'moe select: --equal '],
  ['too many experts', fit, [plain, 'v ~ x', '--experts', '20'], 'moe fit: --experts must be at most'],
  ['another spelling', fit, [plain, 'y ~ x', '--family', 'Poisson'], '(did you mean poisson?)'],
  ['a law by its other name', fit, [plain, 'y ~ x', '--family', 'bernoulli'], '(did you mean binomial?)'],
  ['successes and failures', fit, [plain, 'cbind(y, 4 - y) ~ x', '--family', 'binomial'], '--trials names'],
])('%s', async (_, command, words, message) => {
  await expect(command.run(words, said.terminal)).rejects.toThrow(message);
});

test('rows that were left out are counted', async () => {
  const lines = written((row, i) => (i < 2 ? put(row, 0, 'NA') : i === 4 ? put(row, 1, -1) : row));
  const table = file('dropped.csv', ...lines);
  await expect(
    fit.run([table, 'y ~ x', '--family', 'poisson', '--missing', 'drop'], said.terminal),
  ).rejects.toThrow('row 5 is not so');
});

test('decimal commas are named, read, and read again by what was saved', async () => {
  const lines = readFileSync(plain, 'utf8').trimEnd().split('\n');
  const commas = file('commas.csv', ...lines.map((line) => line.replaceAll(',', ';').replaceAll('.', ',')));
  await expect(fit.run([commas, 'y ~ x'], said.terminal)).rejects.toThrow('--decimal , reads decimal commas');
  const saved = join(folder, 'm.json');
  const words = ['v ~ x', '--experts', '1'];
  const found = await fitJson(said, commas, ...words, '--decimal', ',', '--save', saved);
  expect(found.logLikelihood).toBe((await fitJson(said, plain, ...words)).logLikelihood);
  for (const command of [predict, assign]) {
    said.output = [];
    expect(await command.run([saved, commas], said.terminal)).toBe(0);
    expect(said.output.join('\n').trimEnd().split('\n')).toHaveLength(31);
  }
});

test('a table for a fit that was saved is told of in the same way', async () => {
  const saved = join(folder, 'counts.json');
  await fitJson(said, plain, 'y ~ x', '--family', 'poisson', '--experts', '1', '--save', saved);
  const bad = assign.run([saved, third(1, -1)], said.terminal);
  await expect(bad).rejects.toThrow(
    'moe assign: the response must be counts, integers of at least 0; row 3 is',
  );
  writeFileSync(join(folder, 'none.csv'), '');
  await expect(predict.run([saved, join(folder, 'none.csv')], said.terminal)).rejects.toThrow(
    'the text is empty',
  );
});
