/** `moe bootstrap`: how estimates vary from sample to sample. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stream } from '@tfjs-moe/core';
import { readTable, sampleOfFormula } from '@tfjs-moe/datasets';
import { fitMaximumLikelihood, bootstrap as replicatesOf } from '@tfjs-moe/estimators';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import type { BootstrapOutcome } from '../src/bootstrap/bootstrap-file.ts';
import { bootstrapOptions } from '../src/bootstrap/bootstrap-options.ts';
import { bootstrapText } from '../src/bootstrap/bootstrap-text.ts';
import {
  type BootstrapRun,
  bootstrapRunner,
  observedBootstrap,
  runBootstrap,
} from '../src/bootstrap/run-bootstrap.ts';
import { bootstrap } from '../src/commands/bootstrap.ts';
import { captured } from './captured.ts';
import { inThisThread } from './in-this-thread.ts';
import { moe } from './run-from-source.ts';
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
const at = (name: string) => join(dirname(data), name);
const inThread = inThisThread(bootstrapRunner);

const words = (out: string, ...more: string[]) => [
  ...[data, 'y ~ x | x', '--starts', '2', '--replicates', '4', '--out', at(out)],
  ...more,
];

const run = (written: readonly string[], change: Partial<BootstrapRun> = {}) => {
  const observed = observedBootstrap(bootstrapOptions(written)!);
  return runBootstrap({ observed, source: { words: written }, openPool: inThread(), ...change });
};

test.each(['nonparametric', 'parametric'] as const)(
  'says what bootstrap says of the same sample, %s',
  async (kind) => {
    const found = await run(words(kind, '--kind', kind, '--seed', '3', '--level', '0.5'));
    const sample = sampleOfFormula(readTable(readFileSync(data, 'utf8')), 'y ~ x | x');
    const model = { gate: softmax(), expert: linear(), experts: 2, data: sample, starts: 2, seed: 3 };
    expect(found).toEqual(
      replicatesOf(fitMaximumLikelihood(model), sample, { kind, replicates: 4, seed: 3, level: 0.5 }),
    );
  },
);

test('goes on where it was ended, with any number of workers, and is then the same byte for byte', async () => {
  const ending = new AbortController();
  const ran: number[] = [];
  const written = words('cut');
  const onOutcome = ({ index }: BootstrapOutcome) => void (index === 1 && ending.abort());
  const cut = { openPool: inThread(ran), signal: ending.signal, onOutcome };
  expect(await run(written, cut)).toBeUndefined();
  expect(readdirSync(dirname(data))).toContain('cut.partial');
  const whole = await run(words('whole', '--workers', '2'), { openPool: inThread([], 2) });
  expect(await run(written, { openPool: inThread(ran) })).toEqual(whole);
  expect(ran).toEqual([0, 1, 2, 3]);
  expect(readFileSync(at('cut')).equals(readFileSync(at('whole')))).toBe(true);
});

test('more replicates and another level go on from those there are; those of another fit are refused', async () => {
  const ran: number[] = [];
  const change = { openPool: inThread(ran) };
  const four = await run(words('more'), change);
  const six = await run(words('more', '--replicates', '6', '--level', '0.5'), change);
  expect(ran).toEqual([0, 1, 2, 3, 4, 5]);
  expect(six!.replicates.slice(0, four!.replicates.length)).toEqual(four!.replicates);
  for (const other of [
    ['--seed', '4'],
    ['--kind', 'parametric'],
    ['--equal', 'x'],
  ])
    await expect(run(words('more', ...other))).rejects.toThrow('holds replicates of another bootstrap');
});

test('replicates that did not converge are left out, and said', async () => {
  const openPool: BootstrapRun['openPool'] = async ({ source }) => {
    const real = bootstrapRunner(source);
    return {
      lanes: 1,
      run: async (index) => (index === 0 ? { index, estimates: null } : real(index)),
      close: async () => {},
    };
  };
  const { rows, failed, replicates } = (await run(words('failed'), { openPool }))!;
  expect([failed, replicates.length]).toEqual([1, 3]);
  const about = { kind: 'nonparametric', replicates: 4, failed, level: 0.95, converged: true };
  expect(bootstrapText(rows, about)).toContain('4 replicates; 1 did not converge');
});

test.each([
  ['line 1', (lines: string[]) => ['{"test":"experts"}', ...lines.slice(1)]],
  ['line 2', (lines: string[]) => [lines[0], lines[1]!.replace('[', '[1,')]],
  ['line 3', (lines: string[]) => [lines[0], lines[1], lines[2]!.replace('"index":1', '"index":0.5')]],
])('a file with a wrong line is refused by %s', async (where, change) => {
  await run(words(where));
  const lines = readFileSync(at(where), 'utf8').trimEnd().split('\n');
  writeFileSync(at(where), `${change(lines).join('\n')}\n`);
  await expect(run(words(where))).rejects.toThrow(where);
});

test('prints a table without the reference of the gate, of what is there already', async () => {
  await run(words('there'));
  said.output = [];
  expect(await bootstrap.run(words('there'), said.terminal)).toBe(0);
  const text = said.output.join('');
  expect(text).toMatch(
    /^nonparametric bootstrap, 4 replicates\S*.*\n\n +Estimate {2}Std. Error +Bias +2.5 % +97.5 %\n/,
  );
  expect(text).toMatch(/\ngate 1 +x /);
  expect(text).not.toContain('gate 2');
  expect(text).toMatch(/\nexpert 1 +sigma /);
});

test.each([
  [['--replicates', '1'], '--replicates must be an integer'],
  [['--kind', 'wild'], '--kind must be one of'],
  [['--level', '1'], 'such as 0.95'],
])('%s is refused before anything is fitted', async (more, message) => {
  await expect(bootstrap.run(words('none', ...more), said.terminal)).rejects.toThrow(message);
});

test.runIf(process.platform !== 'win32')(
  'as a process it uses threads, and says where the replicates are',
  { timeout: 120_000 },
  async () => {
    const written = ['bootstrap', 'data.csv', 'y ~ x | x', '--starts', '2', '--replicates', '2'];
    const all = moe(...written, '--workers', '1', '--json');
    const options = { cwd: dirname(data), encoding: 'utf8' as const };
    const { status, stdout, stderr } = spawnSync(process.execPath, all, options);
    expect([status, stderr]).toEqual([0, expect.stringContaining('2 of 2 tasks')]);
    const [kept] = readdirSync(at('bootstrap-out'));
    expect(kept).toMatch(/^data-2-nonparametric-[0-9a-f]{8}\.jsonl$/);
    expect(stderr).toContain(`bootstrap-out/${kept}`);
    const { rows, failed } = (await run(words('here', '--replicates', '2')))!;
    const about = { kind: 'nonparametric', replicates: 2, failed, seed: 0, level: 0.95, converged: true };
    expect(JSON.parse(stdout)).toEqual({ ...about, rows });
  },
);
