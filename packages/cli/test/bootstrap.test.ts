/** `moe bootstrap`: how estimates vary from sample to sample. */
import { readFileSync } from 'node:fs';
import { stream } from '@tfjs-moe/core';
import { readTable, sampleOfFormula } from '@tfjs-moe/datasets';
import { fitMaximumLikelihood, bootstrap as replicatesOf } from '@tfjs-moe/estimators';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { bootstrap } from '../src/commands/bootstrap.ts';
import { captured } from './captured.ts';
import { tableFiles } from './table-files.ts';

const said = captured();
const { file } = tableFiles();
const random = stream(8, 'bootstrap');
const data = file(
  'data.csv',
  'x,y',
  ...Array.from({ length: 60 }, (_, i) => {
    const x = 2 * random.uniform() - 1;
    return `${x},${(i % 2 === 0 ? 3 + x : -x) + 0.4 * random.normal()}`;
  }),
);

async function run(...words: string[]) {
  said.output = [];
  const status = await bootstrap.run(
    [data, 'y ~ x | x', '--starts', '2', '--replicates', '4', ...words],
    said.terminal,
  );
  return { status, text: said.output.join('') };
}

test.each(['nonparametric', 'parametric'] as const)(
  'says what bootstrap says of the same sample, %s',
  async (kind) => {
    const { status, text } = await run('--kind', kind, '--seed', '3', '--level', '0.5', '--json');
    const sample = sampleOfFormula(readTable(readFileSync(data, 'utf8')), 'y ~ x | x');
    const fit = fitMaximumLikelihood({
      gate: softmax(),
      expert: linear(),
      experts: 2,
      data: sample,
      starts: 2,
      seed: 3,
    });
    const wanted = replicatesOf(fit, sample, { kind, replicates: 4, seed: 3, level: 0.5 });
    expect(status).toBe(0);
    expect(JSON.parse(text)).toEqual({
      ...{ kind, replicates: 4, failed: wanted.failed, seed: 3, level: 0.5, converged: true },
      rows: wanted.rows,
    });
  },
);

test('prints a table without the reference of the gate', async () => {
  const { text } = await run();
  expect(text).toMatch(
    /^nonparametric bootstrap, 4 replicates\S*.*\n\n +Estimate {2}Std. Error +Bias +2.5 % +97.5 %\n/,
  );
  expect(text).toMatch(/\ngate 1 +x /);
  expect(text).not.toContain('gate 2');
  expect(text).toMatch(/\nexpert 1 +sigma /);
});

test('says what is wrong before it fits', async () => {
  await expect(run('--replicates', '1')).rejects.toThrow('--replicates must be an integer');
  await expect(run('--kind', 'wild')).rejects.toThrow('--kind must be one of');
  await expect(run('--level', '1')).rejects.toThrow('such as 0.95');
});
