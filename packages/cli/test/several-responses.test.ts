/** `cbind(y1, y2)` in a formula: fitted, saved, predicted, assigned, simulated. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stream } from '@tfjs-moe/core';
import { expect, test } from 'vitest';
import type { Command } from '../src/command.ts';
import { assign } from '../src/commands/assign.ts';
import { check } from '../src/commands/check.ts';
import { fit } from '../src/commands/fit.ts';
import { margins } from '../src/commands/margins.ts';
import { predict } from '../src/commands/predict.ts';
import { simulate } from '../src/commands/simulate.ts';
import { summary } from '../src/commands/summary.ts';
import { captured } from './captured.ts';
import { fitJson, tableFiles } from './table-files.ts';

const said = captured();
const { file, folder } = tableFiles();
const random = stream(2, 'several');
const data = file(
  'd.csv',
  'x,site,a,b',
  ...Array.from({ length: 90 }, (_, i) => {
    const x = 2 * random.uniform() - 1;
    const u = random.normal();
    const row = i % 3 === 0 ? [3 + x + 0.4 * u, -0.3 * u] : [-3 * x, 2 + 0.5 * u + 0.2 * random.normal()];
    return [x, 'pq'[i % 2], ...row].join(',');
  }),
);
const saved = join(folder, 'm.json');
const formula = 'cbind(a, log(exp(b))) ~ x + site | x';

async function lines(command: Command, ...words: string[]): Promise<string[][]> {
  said.output = [];
  await command.run(words, said.terminal);
  return said.output
    .join('\n')
    .trimEnd()
    .split(/\n+/)
    .map((line) => line.split(','));
}

test('is fitted with a covariance, and the saved fit answers what that of one response does', async () => {
  const written = ['cbind(a, b) ~ x + site | x', '--starts', '3', '--save', saved];
  const found = await fitJson(said, data, ...written);
  expect([found.status, found.response, found.degreesOfFreedom]).toEqual([0, 'cbind(a, b)', 2 + 2 * 9]);
  expect(Object.keys(found.parameters['expert 1'])).toContain('correlation a b');
  expect((await lines(summary, saved)).join('\n')).toContain('own covariances');

  const [heads, first] = await lines(predict, saved, data);
  expect(heads!.slice(4)).toEqual([
    ...['mean a', 'sd a', 'low a', 'high a', 'mean b', 'sd b', 'low b', 'high b'],
    ...['gate 1', 'gate 2', 'expert 1 a', 'expert 1 b', 'expert 2 a', 'expert 2 b'],
  ]);
  const at = (name: string) => Number(first![heads!.indexOf(name)]);
  expect(at('mean b')).toBeCloseTo(at('gate 1') * at('expert 1 b') + at('gate 2') * at('expert 2 b'), 9);

  const assigned = await lines(assign, saved, data);
  const own = assigned.slice(1).map((row) => Number(row[5]));
  expect(own.reduce((sum, value) => sum + value, 0) / 90).toBeCloseTo(found.shares[0], 6);

  const drawn = await lines(simulate, saved, '--at', data, '--seed', '4');
  expect(drawn[0]).toEqual(['x', 'site', 'y1', 'y2']);
  expect(drawn).toHaveLength(91);
  expect(JSON.parse(readFileSync(saved, 'utf8'))).toMatchObject({ response: 'a', moreResponses: ['b'] });
});

test('expressions are responses too, and a common covariance has one correlation', async () => {
  const found = await fitJson(said, data, formula, '--starts', '1', '--variances', 'common');
  expect(Object.keys(found.parameters.noise)).toEqual([
    'sigma a',
    'sigma log(exp(b))',
    'correlation a log(exp(b))',
  ]);
});

test.each([
  [['--plot', 'p.html'], '--plot is for one response'],
  [['--profile', 'x'], '--profile is for one response'],
  [['--estimator', 'leastSquares'], '--estimator leastSquares is for one response'],
  [['--family', 'poisson'], 'several responses are Gaussian'],
  [['--family', 'multinomial'], 'a class must stand alone'],
  [['--equal', 'x'], 'have no structure'],
])('%s is refused', async (more, message) => {
  await expect(fit.run([data, formula, ...more], said.terminal)).rejects.toThrow(message);
});

test.each<[string, Command, string[], string]>([
  ['effects', margins, [saved, data], 'must be of one response'],
  ['a verdict', check, ['--fit', saved], 'several responses cannot be judged'],
])('there is no %s of a saved fit', async (_, command, words, message) => {
  await expect(command.run(words, said.terminal)).rejects.toThrow(message);
});

test.each([
  ['cbind(a, a) ~ x', 'each response must stand once'],
  ['cbind(a, x) ~ x', 'must not stand among what explains it'],
  ['cbind() ~ x', 'cbind() takes the responses'],
  ['cbind(a, of = b) ~ x', 'cbind() takes the responses'],
  ['cbind(a, site) ~ x', 'row 1 of column "site" must be a number'],
])('%s is refused', async (written, message) => {
  await expect(fit.run([data, written], said.terminal)).rejects.toThrow(message);
});
