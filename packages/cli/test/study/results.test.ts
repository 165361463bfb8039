import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultyFileSystem } from '@tfjs-moe/command-line/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mergeResults } from '../../src/study/merge.ts';
import type { Header, Outcome } from '../../src/study/results.ts';
import { readLines, readResults, studyFile } from '../../src/study/results-file.ts';
import type { Study } from '../../src/study/study.ts';
import { fingerprintOf } from '../../src/study/study-file.ts';
import { taskAt, taskCount } from '../../src/study/task.ts';
import { openJournal } from '../../src/tasks/journal.ts';
import { writeTaskResults } from '../../src/tasks/task-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'study-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Six tasks. What a file of results says of a study is believed without drawing from it. */
const study: Study = {
  name: 's',
  title: 'S',
  sizes: [10, 20],
  replicates: 3,
  seed: 1,
  arms: [{ name: 'a', fit: { estimator: 'leastSquares', experts: 2 }, losses: ['D1', 'regression'] }],
};
const headerOf = (config: Study): Header => ({
  study: config.name,
  fingerprint: fingerprintOf(config),
  tasks: taskCount(config),
  config,
});
const header = headerOf(study);
const outcome = (index: number): Outcome => ({
  ...taskAt(study, index)!,
  losses: { D1: 1 / (index + 1), regression: index },
  converged: true,
  iterations: index,
});
const failed: Outcome = {
  ...taskAt(study, 4)!,
  losses: { D1: null, regression: null },
  converged: false,
  iterations: 0,
  error: 'no fit',
};
const at = (name: string) => join(folder, name);
const all = [0, 1, 2, 3, 4, 5];
const write = (name: string, indices: readonly number[], change: Partial<Header> = {}) => {
  writeTaskResults('moe', at(name), { header: { ...header, ...change }, outcomes: indices.map(outcome) });
  return at(name);
};
/** A file of lines as they are. */
const raw = (name: string, ...lines: readonly unknown[]) => {
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  writeFileSync(at(name), text.join(''));
  return at(name);
};
const read = (path: string) => readLines('moe', readFileSync(path), path);

describe('a file of results', () => {
  test('is read as it was written, fits that failed as well', () => {
    const outcomes = all.map((index) => (index === 4 ? failed : outcome(index)));
    writeTaskResults('moe', at('a'), { header, outcomes: [...outcomes].reverse() });
    expect(readResults('moe', at('a'))).toEqual({ header, outcomes });
  });

  test('may be in any order, have the line ends of Windows, and a tail that a power failure left', () => {
    const lines = [header, ...[3, 1, 5, 0, 2, 4].map(outcome)].map((line) => JSON.stringify(line));
    for (const text of [
      `${lines.join('\n')}\n`,
      `${lines.join('\r\n')}\r\n`,
      `${lines.join('\n')}\n\0\0\0`,
    ]) {
      writeFileSync(at('a'), text);
      expect(readResults('moe', at('a')).outcomes).toHaveLength(6);
    }
  });

  test.each<[string, readonly number[], string]>([
    ['no line', [], 'all 6 tasks must be there; 6 are missing (0, 1, 2, 3, 4, ...); moe study --out'],
    ['one line less', [0, 1, 2, 4, 5], 'all 6 tasks must be there; 1 is missing (3); moe study --out'],
  ])('with %s is refused with the count of what is missing', (_, indices, message) => {
    expect(() => readResults('moe', write('a', indices))).toThrow(`[tfjs-moe] moe: ${message}`);
  });

  test('of a shard is not that of the study', () => {
    const path = write('a', [0, 2, 4], { shard: { index: 0, count: 2 } });
    expect(() => readResults('moe', path)).toThrow(
      '3 are missing (1, 3, 5); moe study merge joins this shard 0/2',
    );
  });

  test('with a task twice is refused, with the lines', () => {
    const path = raw('a', header, ...all.map(outcome), outcome(2));
    expect(() => readResults('moe', path)).toThrow(`task 2 is there twice in ${path}: lines 4 and 8`);
    const other = raw('b', header, ...all.map(outcome), { ...outcome(2), iterations: 9 });
    expect(() => read(other)).toThrow(`task 2 is there twice in ${other}, differently: lines 4 and 8`);
  });

  test.each<[string, unknown, string]>([
    ['null', null, 'an object. Received: null'],
    ['{}', {}, 'index must be an integer between 0 and 5. Received: undefined'],
    ['a number', 5, 'an object. Received: 5'],
    ['a list', [], 'an object. Received: []'],
    [
      'a large index',
      { ...outcome(1), index: 999 },
      'index must be an integer between 0 and 5. Received: 999',
    ],
    [
      'a negative index',
      { ...outcome(1), index: -1 },
      'index must be an integer between 0 and 5. Received: -1',
    ],
    [
      'an index as a text',
      { ...outcome(0), index: '0' },
      'index must be an integer between 0 and 5. Received: "0"',
    ],
    ['half an index', { ...outcome(0), index: 0.5 }, 'index must be an integer'],
    ['a second header', header, 'index must be an integer'],
    ['another n', { ...outcome(0), n: 77 }, 'n of task 0 must be 10. Received: 77'],
    ['another arm', { ...outcome(0), arm: 'b' }, 'arm of task 0 must be "a". Received: "b"'],
    ['another replicate', { ...outcome(1), replicate: 2 }, 'replicate of task 1 must be 1. Received: 2'],
    [
      'a loss as a text',
      { ...outcome(0), losses: { D1: 'abc', regression: 1 } },
      'losses must be D1, regression',
    ],
    [
      'a loss that is null',
      { ...outcome(0), losses: { D1: null, regression: 1 } },
      'losses must be D1, regression, a finite number each',
    ],
    ['a loss too few', { ...outcome(0), losses: { D1: 1 } }, 'losses must be D1, regression'],
    ['a loss too many', { ...outcome(0), losses: { D1: 1, regression: 1, D2: 1 } }, 'losses must be'],
    ['losses of another kind', { ...outcome(0), losses: [1, 2] }, 'losses must be'],
    [
      'a loss of a fit that failed',
      { ...failed, losses: { D1: 1, regression: null } },
      'losses must be D1, regression, null, since the fit failed',
    ],
    ['no losses', { ...outcome(0), losses: undefined }, 'losses must be'],
    ['a reason that is no text', { ...failed, error: 5 }, 'error must be a text'],
    ['a word for converged', { ...outcome(0), converged: 'yes' }, 'converged must be true or false'],
    ['half an iteration', { ...outcome(0), iterations: 1.5 }, 'iterations must be an integer'],
    [
      'iterations below none',
      { ...outcome(0), iterations: -1 },
      'iterations must be an integer of at least 0',
    ],
    ['another field', { ...outcome(0), more: 1 }, 'there is no such field. Received: "more"'],
  ])('with %s in a line is refused, with the line', (_, line, message) => {
    const path = raw('a', header, outcome(0), line, outcome(1));
    expect(() => read(path)).toThrow(`line 3 of ${path} must be the outcome of a task: ${message}`);
    expect(() => readResults('moe', path)).toThrow('line 3');
    expect(() => mergeResults([path])).toThrow('line 3');
    expect(() => openJournal(studyFile, path, header)).toThrow('line 3');
  });

  test('with a number that JSON cannot hold is refused', () => {
    const line = JSON.stringify(outcome(0)).replace('"D1":1', '"D1":1e999');
    const path = raw('a', header, line);
    expect(() => read(path)).toThrow('losses must be D1, regression, a finite number each');
  });

  test.each<[string, unknown, string]>([
    ['null', null, 'an object'],
    ['a list', [], 'an object'],
    ['{}', {}, 'study must be a name'],
    ['an outcome', outcome(0), 'study must be a name'],
    ['no config', { ...header, config: undefined }, 'config must be a study'],
    ['half a config', { ...header, config: { seed: 1 } }, 'config must be a study'],
    ['arms that are none', { ...header, config: { ...study, arms: [null] } }, 'config must be a study'],
    [
      'claims that are none',
      { ...header, config: { ...study, arms: [{ ...study.arms[0], claims: [1] }] } },
      'config',
    ],
    ['too much work', { ...header, config: { ...study, replicates: 2 ** 53 - 1 } }, 'config must be a study'],
    ['another seed', { ...header, config: { ...study, seed: 2 } }, 'fingerprint must be that of config'],
    ['another fingerprint', { ...header, fingerprint: 'abc' }, 'fingerprint must be that of config'],
    ['another name', { ...header, study: 't' }, 'study must be the name in config'],
    ['fewer tasks', { ...header, tasks: 5 }, 'tasks must be 6. Received: 5'],
    ['tasks as a text', { ...header, tasks: '6' }, 'tasks must be 6'],
    [
      'a shard that is none',
      { ...header, shard: { index: 2, count: 2 } },
      'shard must be an index below a count',
    ],
    ['another field', { ...header, more: 1 }, 'there is no such field'],
  ])('with %s for a header is refused', (_, line, message) => {
    const path = raw('a', line, ...all.map(outcome));
    expect(() => read(path)).toThrow(`line 1 of ${path} must be the header of a study's results: ${message}`);
  });

  test.each(['hello\n', `${'x'.repeat(500)}\n`])('that is none is refused', (content) => {
    writeFileSync(at('a'), content);
    expect(() => read(at('a'))).toThrow(`line 1 of ${at('a')} must be JSON`);
  });

  test.each<[string, () => string, string]>([
    ['is not there', () => at('none'), 'there is no such file (ENOENT)'],
    ['is a folder', () => folder, 'it is a folder (EISDIR)'],
  ])('that %s is named', (_, path, reason) => {
    expect(() => readResults('moe', path())).toThrow(
      `the results must be a file that can be read: ${reason}`,
    );
    expect(() => mergeResults([path()])).toThrow(`every part must be a file that can be read: ${reason}`);
  });
});

describe('a journal', () => {
  test('goes on after a line that a kill cut short', () => {
    const first = openJournal(studyFile, at('j'), header);
    expect(first.done).toEqual([]);
    first.append(outcome(3));
    first.append(outcome(1));
    first.close();
    appendFileSync(at('j'), '{"index":2,"arm":"a","n":1');
    const second = openJournal(studyFile, at('j'), header);
    expect(second.done).toEqual([outcome(3), outcome(1)]);
    second.append(outcome(2));
    second.close();
    expect(read(at('j')).outcomes.map(({ index }) => index)).toEqual([3, 1, 2]);
  });

  test('starts over when the kill left less than the first line', () => {
    for (const left of ['', '{"study":"s","finge', `${JSON.stringify(header)}\0\0`, '\0\0\0\0']) {
      writeFileSync(at('j'), left);
      const journal = openJournal(studyFile, at('j'), header);
      journal.append(outcome(0));
      journal.close();
      const again = openJournal(studyFile, at('j'), header);
      expect(again.done).toEqual([outcome(0)]);
      again.close();
    }
  });

  test('does not take a file of somebody else for the beginning of one', () => {
    writeFileSync(at('j'), 'a shopping list without an end of its line');
    expect(() => openJournal(studyFile, at('j'), header)).toThrow(
      'must hold results of a study. Received: "a shopping list',
    );
    expect(readFileSync(at('j'), 'utf8')).toContain('shopping');
  });

  test('takes a task that is there twice, alike, once', () => {
    const journal = openJournal(studyFile, raw('j', header, outcome(1), outcome(1)), header);
    expect(journal.done).toEqual([outcome(1)]);
    journal.close();
  });

  test('has whole lines wherever the disk fills up, and goes on when there is room', () => {
    const length = JSON.stringify(outcome(1)).length + 1;
    for (let room = 0; room < length; room += 7) {
      const faults = { room: 10_000, most: 11 };
      const journal = openJournal(studyFile, at('j'), header, faultyFileSystem(faults));
      journal.append(outcome(0));
      faults.room = room;
      expect(() => journal.append(outcome(1))).toThrow(
        'the journal cannot be written: the disk is full (ENOSPC)',
      );
      faults.room = 10_000;
      journal.append(outcome(2));
      journal.close();
      expect(read(at('j')).outcomes).toEqual([outcome(0), outcome(2)]);
      rmSync(at('j'));
    }
  });

  test('leaves the beginning of a first line where the disk is full from the start', () => {
    expect(() => openJournal(studyFile, at('j'), header, faultyFileSystem({ room: 9 }))).toThrow('ENOSPC');
    expect(readFileSync(at('j'), 'utf8')).toBe('');
  });

  test('refuses another configuration and another shard', () => {
    openJournal(studyFile, at('j'), header).close();
    const other = headerOf({ ...study, seed: 2 });
    expect(() => openJournal(studyFile, at('j'), other)).toThrow('another study or configuration');
    const shard = { index: 0, count: 2 };
    expect(() => openJournal(studyFile, at('j'), { ...header, shard })).toThrow('another shard than 0/2');
  });
});

describe('merge', () => {
  test('gives the bytes of a single run, whatever the order', () => {
    const whole = write('whole', [5, 0, 3, 1, 2, 4]);
    const parts = [0, 1].map((index) =>
      write(
        `part${index}`,
        all.filter((i) => i % 2 === index),
        { shard: { index, count: 2 } },
      ),
    );
    for (const order of [parts, [...parts].reverse()]) {
      writeTaskResults('moe', at('merged'), mergeResults(order));
      expect(readFileSync(at('merged'))).toEqual(readFileSync(whole));
    }
  });

  const other = headerOf({ ...study, seed: 2 });
  test.each<[string, () => string[], string]>([
    ['gaps', () => [write('a', [0, 1, 2, 4])], '2 are missing (3, 5). Received: "4 tasks"'],
    ['duplicates', () => [write('a', [0, 1, 2]), write('b', [2, 3, 4, 5])], 'task 2 is there twice'],
    [
      'duplicates in one part',
      () => [raw('a', header, ...all.map(outcome), outcome(5))],
      'task 5 is there twice',
    ],
    ['mixed configurations', () => [write('a', [0]), write('b', [1], other)], 'another configuration'],
    ["another shard's", () => [write('a', [0, 1], { shard: { index: 0, count: 2 } })], 'one of shard 0/2'],
    ['nothing', () => [], 'at least one shard'],
    ['a part that is not there', () => [write('a', [0]), at('no-part')], 'every part must be a file'],
  ])('refuses %s', (_, paths, message) => {
    expect(() => mergeResults(paths())).toThrow(message);
  });
});
