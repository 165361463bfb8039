import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../src/study/journal.ts';
import { mergeResults } from '../../src/study/merge.ts';
import { type Header, type Outcome, parseResults, writeResults } from '../../src/study/results-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'study-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const header: Header = { study: 's', fingerprint: 'abc', tasks: 6, config: { seed: 1 } };
const outcome = (index: number): Outcome => ({
  index,
  arm: 'a',
  n: 10,
  replicate: index,
  losses: { D1: 1 / (index + 1) },
  converged: true,
  iterations: index,
});
const write = (name: string, indices: readonly number[], change: Partial<Header> = {}) => {
  const path = join(folder, name);
  writeResults(path, { header: { ...header, ...change }, outcomes: indices.map(outcome) });
  return path;
};

describe('journal', () => {
  it('goes on after a line that a kill cut short', () => {
    const path = join(folder, 'journal');
    const first = openJournal(path, header);
    expect(first.done).toEqual([]);
    first.append(outcome(3));
    first.append(outcome(1));
    first.close();
    appendFileSync(path, '{"index":2,"arm":"a","n":1');
    const second = openJournal(path, header);
    expect(second.done).toEqual([outcome(3), outcome(1)]);
    second.append(outcome(2));
    second.close();
    const { outcomes } = parseResults(readFileSync(path, 'utf8'), path);
    expect(outcomes.map(({ index }) => index)).toEqual([3, 1, 2]);
  });

  it('starts over when the kill left less than the first line', () => {
    const path = join(folder, 'journal');
    writeFileSync(path, '{"study":"s","finge');
    const journal = openJournal(path, header);
    journal.append(outcome(0));
    journal.close();
    expect(openJournal(path, header).done).toEqual([outcome(0)]);
  });

  it('refuses another configuration and another shard', () => {
    const path = join(folder, 'journal');
    openJournal(path, header).close();
    expect(() => openJournal(path, { ...header, fingerprint: 'def' })).toThrow(
      'another study or configuration',
    );
    expect(() => openJournal(path, { ...header, shard: { index: 0, count: 2 } })).toThrow(
      'another shard than 0/2',
    );
  });
});

describe('merge', () => {
  it('gives the bytes of a single run, whatever the order', () => {
    const whole = write('whole', [5, 0, 3, 1, 2, 4]);
    const parts = [0, 1].map((index) =>
      write(
        `part${index}`,
        [0, 1, 2, 3, 4, 5].filter((i) => i % 2 === index),
        { shard: { index, count: 2 } },
      ),
    );
    for (const order of [parts, [...parts].reverse()]) {
      writeResults(join(folder, 'merged'), mergeResults(order));
      expect(readFileSync(join(folder, 'merged'))).toEqual(readFileSync(whole));
    }
  });

  it.each<[string, () => string[], string]>([
    ['gaps', () => [write('a', [0, 1, 2, 4])], '2 are missing (3, 5)'],
    ['duplicates', () => [write('a', [0, 1, 2]), write('b', [2, 3, 4, 5])], 'task 2 is there twice'],
    [
      'mixed configurations',
      () => [write('a', [0]), write('b', [1], { fingerprint: 'x' })],
      'another configuration',
    ],
    ['more than there is', () => [write('a', [0, 1, 2, 3, 4, 5, 6])], 'there are only 6 tasks'],
    ['nothing', () => [], 'at least one shard'],
    [
      'a part that is not there',
      () => [write('a', [0]), join(folder, 'no-part')],
      'every part must be a file',
    ],
  ])('refuses %s', (_, paths, message) => {
    expect(() => mergeResults(paths())).toThrow(message);
  });

  it('refuses files that are no results', () => {
    const path = join(folder, 'x');
    writeFileSync(path, '{"a":1}\n');
    expect(() => mergeResults([path])).toThrow('must hold results of a study');
    writeFileSync(path, 'hello\n');
    expect(() => mergeResults([path])).toThrow('line 1');
  });
});
