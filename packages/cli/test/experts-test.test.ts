/** `moe test`: whether so many experts are enough. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MoeError, stream } from '@tfjs-moe/core';
import { readTable, sampleOfFormula } from '@tfjs-moe/datasets';
import { testExperts } from '@tfjs-moe/estimators';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { test as command } from '../src/commands/test.ts';
import { replicateRunner } from '../src/experts-test/replicates.ts';
import { inCommandWords, observedTest, runTest, type TestRun } from '../src/experts-test/run-test.ts';
import type { TestOutcome } from '../src/experts-test/test-file.ts';
import { testOptions } from '../src/experts-test/test-options.ts';
import { testText } from '../src/experts-test/test-result.ts';
import type { ReplicatesSource } from '../src/replicates/run-replicates.ts';
import type { OpenPool } from '../src/tasks/task-pool.ts';
import { captured } from './captured.ts';
import { inThisThread } from './in-this-thread.ts';
import { moe } from './run-from-source.ts';

const said = captured();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'moe-test-'));
  const random = stream(5, 'test');
  const rows = Array.from({ length: 60 }, () => {
    const x = 2 * random.uniform() - 1;
    return `${x},${1 + x + 0.5 * random.normal()}`;
  });
  writeFileSync(join(folder, 'line.csv'), `${['x,y', ...rows].join('\n')}\n`);
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const words = (out: string, ...more: string[]) => [
  ...[at('line.csv'), 'y ~ x | 1', '--experts', '1', '--starts', '2', '--seed', '3', '--out', at(out)],
  ...more,
];

const inThread = inThisThread(replicateRunner);

const run = (written: readonly string[], change: Partial<TestRun> = {}) => {
  const observed = observedTest(testOptions(written)!);
  return runTest({ observed, source: { words: written }, openPool: inThread(), ...change });
};

describe('moe test', () => {
  test('says what testExperts says of the same sample', async () => {
    const found = await run(words('own.jsonl', '--replicates', '5'));
    const data = sampleOfFormula(readTable(readFileSync(at('line.csv'), 'utf8')), 'y ~ x | 1');
    const model = { gate: softmax(), expert: linear(), data, starts: 2, seed: 3 };
    const wanted = testExperts({ ...model, experts: 1, replicates: 5 });
    expect(found).toMatchObject({
      ...{ experts: 1, against: 2, n: 60, seed: 3, replicates: 5, failed: 0 },
      statistic: wanted.statistic,
      pValue: wanted.pValue,
      statistics: wanted.replicates,
      unconverged: wanted.unconverged,
    });
    expect(found!.fits.map(({ logLikelihood }) => logLikelihood)).toEqual([
      wanted.fit.logLikelihood,
      wanted.larger.logLikelihood,
    ]);
    const text = testText(found!);
    expect(text).toMatch(/^Likelihood ratio of 1 expert against 2.*; n = 60$/m);
    expect(testText({ ...found!, groups: 12 })).toMatch(/; n = 60 in 12 groups$/m);
    expect(text).toContain(`p = ${wanted.pValue.toPrecision(4)}`);
  });

  test('goes on where it was ended, and is then the same byte for byte', async () => {
    const ending = new AbortController();
    const ran: number[] = [];
    const written = words('cut.jsonl', '--replicates', '6');
    const onOutcome = ({ index }: TestOutcome) => void (index === 2 && ending.abort());
    const cut = await run(written, { openPool: inThread(ran), signal: ending.signal, onOutcome });
    expect(cut).toBeUndefined();
    expect(readdirSync(folder).sort()).toEqual(['cut.jsonl.partial', 'line.csv']);
    const whole = await run(words('whole.jsonl', '--replicates', '6', '--workers', '2'), {
      openPool: inThread([], 2),
    });
    expect(await run(written, { openPool: inThread(ran) })).toEqual(whole);
    expect(ran).toEqual([0, 1, 2, 3, 4, 5]);
    expect(readFileSync(at('cut.jsonl')).equals(readFileSync(at('whole.jsonl')))).toBe(true);
  });

  test('more replicates go on from those there are, and fewer are those of fewer', async () => {
    const ran: number[] = [];
    const change = { openPool: inThread(ran) };
    const three = await run(words('more.jsonl', '--replicates', '3'), change);
    const five = await run(words('more.jsonl', '--replicates', '5'), change);
    expect(ran).toEqual([0, 1, 2, 3, 4]);
    expect(five!.statistics.slice(0, 3)).toEqual(three!.statistics);
    expect(await run(words('more.jsonl', '--replicates', '3'), change)).toEqual(three);
    expect(ran).toHaveLength(5);
  });

  test('replicates of another test, model or table are refused', async () => {
    const written = words('one.jsonl', '--replicates', '1');
    await run(written);
    for (const other of [
      ['--seed', '4'],
      ['--against', '3'],
      ['--variances', 'common'],
    ])
      await expect(run([...written, ...other])).rejects.toThrow('holds replicates of another test');
    const whole = readFileSync(at('line.csv'), 'utf8');
    const [heading, first = '', ...rest] = whole.trimEnd().split('\n');
    const moved = [heading, `0.5,${first.split(',')[1]}`, ...rest].join('\n');
    // An input alone, and a row more.
    for (const other of [`${moved}\n`, `${whole}0.5,1.5\n`]) {
      writeFileSync(at('line.csv'), other);
      await expect(run(written)).rejects.toThrow('holds replicates of another test');
    }
  });

  test('a replicate that cannot be fitted counts as if it were as large', async () => {
    const openPool: OpenPool<ReplicatesSource, TestOutcome> = async () => ({
      lanes: 1,
      run: async (index) =>
        index === 0
          ? { index, statistic: null, converged: false, error: 'a class is missing' }
          : { index, statistic: 0, converged: index !== 1 },
      close: async () => {},
    });
    const found = await run(words('failed.jsonl', '--replicates', '9'), { openPool });
    expect(found).toMatchObject({ pValue: 0.2, failed: 1, unconverged: 1, asLarge: 0 });
    expect(testText(found!)).toContain('1 could not be fitted');
  });

  test.each([
    ['line 1', (lines: string[]) => ['{"test":"classes"}', ...lines.slice(1)]],
    ['line 2', (lines: string[]) => [lines[0], lines[1]!.replace('"statistic":', '"statistic":-')]],
    ['line 2', (lines: string[]) => [lines[0], lines[1]!.replace('"index":0', '"index":-1')]],
    ['line 3', (lines: string[]) => [...lines, '{"index":1,"statistic":null,"converged":true}']],
    ['line 3', (lines: string[]) => [...lines, '{"index":1,']],
    ['is there twice', (lines: string[]) => [...lines, '{"index":0,"statistic":1e9,"converged":true}']],
  ])('a file with a wrong line is refused by %s', async (where, change) => {
    const written = words('wrong.jsonl', '--replicates', '1');
    await run(written);
    const lines = readFileSync(at('wrong.jsonl'), 'utf8').trimEnd().split('\n');
    writeFileSync(at('wrong.jsonl'), `${change(lines).join('\n')}\n`);
    await expect(run(written)).rejects.toThrow(where);
  });

  test.each([
    [['--against', '1'], '--against must be more than --experts, 1'],
    [['--replicates', '0'], '--replicates must be'],
    [['--select', '1..3'], 'unknown option --select'],
    [['--inputs', 'x'], 'the formula says what --inputs would'],
  ])('%s is refused', async (more, message) => {
    await expect(command.run(words('none.jsonl', ...more), said.terminal)).rejects.toThrow(message);
    expect(existsSync(at('none.jsonl.partial'))).toBe(false);
  });

  test('a larger fit that ends below is told in the words of the command', () => {
    const below = () => {
      throw new MoeError('expertsTestParts', 'the fit with 3 experts must not end below; raise starts');
    };
    expect(() => inCommandWords(below)).toThrow(
      '[tfjs-moe] moe test: the fit with 3 experts must not end below; raise --starts',
    );
    expect(() =>
      inCommandWords(() => {
        throw new RangeError('of a programmer');
      }),
    ).toThrow(RangeError);
  });

  test('errors of the table name the command', async () => {
    writeFileSync(at('text.csv'), 'x,y\n1,a\n2,b\n');
    const written = [at('text.csv'), '--response', 'y', '--out', at('none.jsonl')];
    await expect(command.run(written, said.terminal)).rejects.toThrow(
      '[tfjs-moe] moe test: row 1 of column "y"',
    );
  });
});

test.runIf(process.platform !== 'win32')(
  'as a process it uses threads, and says where the replicates are',
  { timeout: 120_000 },
  async () => {
    const written = ['line.csv', 'y ~ x | 1', '--experts', '1', '--starts', '2', '--seed', '3'];
    const all = ['test', ...written, '--replicates', '4', '--workers', '2', '--json'];
    const options = { cwd: folder, encoding: 'utf8' as const };
    const { status, stdout, stderr } = spawnSync(process.execPath, moe(...all), options);
    expect([status, stderr]).toEqual([0, expect.stringContaining('4 of 4 tasks')]);
    const [file, ...others] = readdirSync(at('test-out'));
    expect(others).toEqual([]);
    expect(file).toMatch(/^line-1-against-2-[0-9a-f]{8}\.jsonl$/);
    expect(stderr).toContain(`test-out/${file}`);
    expect(JSON.parse(stdout)).toEqual(await run(words('here.jsonl', '--replicates', '4')));
  },
);
