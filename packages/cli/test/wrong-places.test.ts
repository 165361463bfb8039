/** What cannot be read or written: every place of every command, one named line and the right exit status. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitStatusOf } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Command } from '../src/command.ts';
import { bootstrap } from '../src/commands/bootstrap.ts';
import { check } from '../src/commands/check.ts';
import { compare } from '../src/commands/compare.ts';
import { convert } from '../src/commands/convert.ts';
import { fit } from '../src/commands/fit.ts';
import { inspect } from '../src/commands/inspect.ts';
import { margins } from '../src/commands/margins.ts';
import { merge } from '../src/commands/merge.ts';
import { prune } from '../src/commands/prune.ts';
import { select } from '../src/commands/select.ts';
import { simulate } from '../src/commands/simulate.ts';
import { study } from '../src/commands/study.ts';
import { summary } from '../src/commands/summary.ts';
import { test as testOfExperts } from '../src/commands/test.ts';
import { upcycle } from '../src/commands/upcycle.ts';
import { runStudy } from '../src/study/run-study.ts';
import { captured } from './captured.ts';
import { madeUp } from './study/pools.ts';
import { smallStudy } from './study/small-study.ts';

const folder = mkdtempSync(join(tmpdir(), 'places-'));
afterAll(() => rmSync(folder, { recursive: true }));
const said = captured();

const at = (name: string) => join(folder, name);
const [table, results, part] = [at('d.csv'), at('r.jsonl'), at('part.jsonl')];
const source = { path: smallStudy(folder), quick: false };

beforeAll(async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${i},${(i * 7) % 5}`);
  writeFileSync(table, `x,y\n${rows.join('\n')}\n`);
  writeFileSync(at('file'), '');
  mkdirSync(at('sub'));
  symlinkSync('r.jsonl', at('link.jsonl'));
  const whole = { source, out: results, shard: undefined, workers: 1, openPool: madeUp };
  await runStudy(whole);
  await fit.run([...fitting, '--save', at('saved.json')], said.terminal);
  await runStudy({ ...whole, out: part, shard: { index: 0, count: 2 } });
});

/** What a command ends in. */
async function ending(command: Command, words: readonly string[]): Promise<[status: number, line: string]> {
  const error = await command.run(words, said.terminal).then(
    () => expect.unreachable(`${words.join(' ')} ends well`),
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(MoeError);
  expect(error.message.split('\n')).toHaveLength(1);
  return [exitStatusOf(error), error.message];
}

/** Paths where no file can be, and why. */
const places: readonly (readonly [what: string, path: string, reason: RegExp])[] = [
  ['a folder', at('sub'), /it is a folder/],
  ['a file as a folder', at('file/x'), /a part of the path is a file, not a folder/],
  ['a long name', at('x'.repeat(300)), /the name is too long/],
  ['a NUL', at('a\0b'), /a name cannot hold a NUL character/],
];
const nowhere = ['a folder that is not there', at('none/x'), /its folder is not there/] as const;

const fitting = [table, '--response', 'y', '--starts', '1', '--experts', '1'];
const selecting = [table, '--response', 'y', '--starts', '1'];
const outputs: readonly (readonly [string, Command, (path: string) => string[], makesFolder: boolean])[] = [
  ['simulate --out', simulate, (path) => ['reference-a', '--n', '3', '--out', path], false],
  ['fit --save', fit, (path) => [...fitting, '--save', path], false],
  ['select --save', select, (path) => [...selecting, '--save', path], false],
  ['fit --plot', fit, (path) => [...fitting, '--plot', path], false],
  ['bootstrap --out', bootstrap, (path) => [...fitting, '--out', path], true],
  ['test --out', testOfExperts, (path) => [...fitting, '--out', path], true],
  ['study --out', study, (path) => [source.path, '--out', path], true],
  ['study report --out', study, (path) => ['report', results, '--out', path], true],
  ['study merge OUT', study, (path) => ['merge', path, results], false],
];

describe.each(outputs)('%s', (_, command, words, makesFolder) => {
  test.each(makesFolder ? places : [...places, nowhere])('%s', async (__, path, reason) => {
    const before = readdirSync(folder);
    const [status, line] = await ending(command, words(path));
    expect(status).toBe(2);
    expect(line).toMatch(/^\[tfjs-moe\] moe \w+( \w+)?: (--\w+|OUT) must be a file that can be written: /);
    expect(line).toMatch(reason);
    expect(said.output).toEqual([]);
    expect(readdirSync(folder)).toEqual(before);
  });
});

const inputs: readonly (readonly [string, Command, (path: string) => string[]])[] = [
  ['fit TABLE', fit, (path) => [path, '--response', 'y']],
  ['test TABLE', testOfExperts, (path) => [path, '--response', 'y', '--out', at('unused')]],
  ['compare FIT', compare, (path) => [path, path]],
  ['summary FIT', summary, (path) => [path]],
  ['select TABLE', select, (path) => [path, '--response', 'y']],
  ['bootstrap TABLE', bootstrap, (path) => [path, '--response', 'y', '--out', at('unused')]],
  ['margins FIT', margins, (path) => [path, table]],
  ['margins TABLE', margins, (path) => [at('saved.json'), path]],
  ['simulate FILE', simulate, (path) => [path]],
  ['simulate --at', simulate, (path) => ['reference-a', '--at', path]],
  ['check --layer', check, (path) => ['--layer', path]],
  ['check --fit', check, (path) => ['--fit', path]],
  ['check --data', check, (path) => ['--expert', 'linear', '--data', path]],
  ['inspect MODEL', inspect, (path) => [path]],
  ['convert MODEL', convert, (path) => [path, '--out', at('unused')]],
  ['prune MODEL', prune, (path) => [path, '--to', '1', '--inputs', table, '--out', at('unused')]],
  ['merge MODEL', merge, (path) => [path, '--to', '1', '--inputs', table, '--out', at('unused')]],
  ['upcycle MODEL', upcycle, (path) => [path, '--experts', '2', '--inputs', table, '--out', at('unused')]],
  ['study report', study, (path) => ['report', path]],
  ['study merge PART', study, (path) => ['merge', at('merged'), path]],
  ['study FILE', study, (path) => [path, '--out', at('unused')]],
];

describe.each(inputs)('%s', (name, command, words) => {
  const missing = [
    'what is not there',
    at('none'),
    /there is no such file|must be a file that is there/,
  ] as const;
  test.each([...places, missing])('%s', async (_, path, reason) => {
    const [status, line] = await ending(command, words(path));
    expect(status).toBe(2);
    // A study may be a file or a name, which is all that can be said of these.
    if (name !== 'study FILE') expect(line).toMatch(reason);
  });
});

const folders: readonly (readonly [string, Command, (path: string) => string[]])[] = [
  ['convert --out', convert, (path) => [table, '--out', path]],
  ['prune --out', prune, (path) => [table, '--to', '1', '--inputs', table, '--out', path]],
  ['merge --out', merge, (path) => [table, '--to', '1', '--inputs', table, '--out', path]],
  ['upcycle --out', upcycle, (path) => [table, '--experts', '2', '--inputs', table, '--out', path]],
];

describe.each(folders)('%s', (_, command, words) => {
  test.each(places.slice(1))('%s', async (__, path, reason) => {
    const before = readdirSync(folder);
    const [status, line] = await ending(command, words(path));
    expect(status).toBe(2);
    expect(line).toMatch(/--out must be a folder that can be written to: /);
    expect(line).toMatch(reason);
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe('what is read is not written over', () => {
  test.each<[string, Command, string[]]>([
    ['the table, by --plot', fit, [...fitting, '--plot', table]],
    ['the table, by --save', fit, [...fitting, '--save', table]],
    ['the table, by replicates', testOfExperts, [...fitting, '--out', table]],
    ['the results, by the page', study, ['report', results, '--out', results]],
    ['the results, through a link', study, ['report', results, '--out', at('link.jsonl')]],
    ['the rows', simulate, ['reference-a', '--at', table, '--inputs', 'x', '--out', table]],
  ])('%s', async (_, command, words) => {
    const before = words.map((word) =>
      word === table || word === results ? readFileSync(word, 'utf8') : '',
    );
    const [status, line] = await ending(command, words);
    expect(status).toBe(2);
    expect(line).toContain('would write over');
    expect(
      words.map((word) => (word === table || word === results ? readFileSync(word, 'utf8') : '')),
    ).toEqual(before);
  });

  test('--save and --plot are two files', async () => {
    const [status] = await ending(fit, [...fitting, '--save', at('same'), '--plot', at('same')]);
    expect(status).toBe(2);
  });
});

describe('results that are not complete', () => {
  test('are not reported on', async () => {
    const cut = at('cut.jsonl');
    writeFileSync(cut, `${readFileSync(results, 'utf8').split('\n').slice(0, 13).join('\n')}\n`);
    const [status, line] = await ending(study, ['report', cut]);
    expect(status).toBe(2);
    expect(line).toContain('all 20 tasks must be there; 8 are missing (12, 13, 14, 15, 16, ...)');
    expect(said.output).toEqual([]);
    const [, ofShard] = await ending(study, ['report', part]);
    expect(ofShard).toContain('10 are missing (1, 3, 5, 7, 9, ...); moe study merge joins this shard 0/2');
    expect(readdirSync(folder).filter((name) => name.endsWith('.html'))).toEqual([]);
  });

  test('are reported on when they are', async () => {
    expect(await study.run(['report', results, '--json'], said.terminal)).toBe(0);
    expect(JSON.parse(said.output[0]!).curves).toHaveLength(3);
    expect(readFileSync(at('r.html'), 'utf8')).toContain('</html>');
    rmSync(at('r.html'));
  });
});

describe('a saved fit that is cut anywhere, or tampered with', () => {
  test('is named', async () => {
    const saved = at('fit.json');
    expect(await fit.run([...fitting, '--save', saved], said.terminal)).toBe(0);
    const whole = readFileSync(saved);
    const draw = [saved, '--at', table, '--inputs', 'x', '--out', at('drawn')];
    // The last byte is the end of the line.
    for (let end = 0; end < whole.length - 1; end += 11) {
      writeFileSync(saved, whole.subarray(0, end));
      const [status, line] = await ending(simulate, draw);
      expect(status).toBe(2);
      expect(line).toContain('the file must be JSON, whole');
    }
    for (const json of [
      'null',
      '5',
      '[]',
      '{}',
      '""',
      '{"format":"tfjs-moe/mixing-measure"}',
      '{"measure":null}',
    ]) {
      writeFileSync(saved, json);
      expect((await ending(simulate, draw))[0]).toBe(2);
    }
    const measure = JSON.parse(whole.toString());
    for (const change of [
      { experts: '1' },
      { experts: 2 },
      { gateParams: null },
      { expertParams: { kernel: [1, 2], bias: [1] } },
      { dispersions: [-1] },
      { dispersions: 'x' },
      { version: 4 },
      { family: { kind: 'nope' } },
      { family: 'poisson!' },
      { gate: { kind: 'nope' } },
      { inputDim: 2 },
    ]) {
      writeFileSync(saved, JSON.stringify({ ...measure, ...change }));
      expect((await ending(simulate, draw))[0], JSON.stringify(change)).toBe(2);
    }
  });
});

describe('words of a study that would be ignored', () => {
  test.each<[string[], string]>([
    [['merge', at('m'), results, '--json'], 'moe study merge: takes no options. Received: "--json"'],
    [['report', results, '--workers', '2'], 'moe study report: takes --out, --svg, --json'],
    [['report', results, results], 'give one file of results'],
    [['list', '--quick'], 'moe study list: takes no options'],
    [[source.path, '--svg', folder], 'moe study: takes --out, --workers, --memory, --shard, --quick, --json'],
    [[source.path, 'stray'], 'give one study. Received: "stray"'],
    [['exact-rat'], 'FILE must be a file that is there (did you mean exact-rate?)'],
    [['reprot', results], 'give one study'],
    [[source.path, '--workers', '0x2'], '--workers must be an integer between 1 and 1024'],
    [[source.path, '--shard', '2/2'], 'shard must be i/n'],
    [[source.path, '--wokers', '2'], 'unknown option --wokers (did you mean --workers?)'],
  ])('%j', async (words, message) => {
    const [status, line] = await ending(study, words);
    expect(status).toBe(2);
    expect(line).toContain(message);
  });
});
