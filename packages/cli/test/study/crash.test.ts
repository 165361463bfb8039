import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitStatusOf } from '@tfjs-moe/command-line';
import { faultyFileSystem } from '@tfjs-moe/command-line/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Outcome } from '../../src/study/results.ts';
import { readLines } from '../../src/study/results-file.ts';
import { type RunOptions, runStudy } from '../../src/study/run-study.ts';
import type { StudySource } from '../../src/study/study-file.ts';
import { openThreadPool } from '../../src/tasks/thread-pool.ts';
import { madeUp } from './pools.ts';
import { smallStudy } from './small-study.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crash-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const out = () => join(folder, 'r.jsonl');
const run = (how: string, change: Partial<RunOptions> = {}) => {
  vi.stubEnv('MOE_TEST_CRASH', how);
  const worker = new URL('./crashing-worker.mjs', import.meta.url);
  return runStudy({
    source: { path: smallStudy(folder), quick: false },
    out: out(),
    shard: undefined,
    workers: 2,
    openPool: (options) => openThreadPool({ ...options, worker }),
    ...change,
  });
};
const journal = () => {
  const path = `${out()}.partial`;
  const { outcomes } = readLines('moe', readFileSync(path), path);
  return outcomes.map(({ index }) => index).sort((a, b) => a - b);
};
const others = Array.from({ length: 20 }, (_, i) => i).filter((i) => i !== 3 && i !== 5);

async function failure(running: Promise<unknown>): Promise<Error> {
  return running.then(
    () => expect.unreachable(),
    (error) => error,
  );
}

describe('a thread that ends under its task', () => {
  test('is replaced, and the task is tried once more', async () => {
    const results = await run('once');
    expect(results?.outcomes).toHaveLength(20);
    expect(existsSync(join(folder, 'crashed-3'))).toBe(true);
  });

  test('twice is named; everything else is kept, and the same command tries again', async () => {
    const error = await failure(run('exit'));
    expect(error.message).toBe(
      '[tfjs-moe] moe study: 2 tasks could not be computed, twice: ' +
        'task 3 (linear, n = 40, replicate 3): its thread ended with status 7; ' +
        'task 5 (linear, n = 80, replicate 0): its thread ended with status 7. ' +
        'The others are kept, and the same command tries these again, with more --memory or fewer --workers.',
    );
    expect(exitStatusOf(error)).toBe(1);
    expect(journal()).toEqual(others);
    expect((await run('none'))?.outcomes).toHaveLength(20);
    expect(readdirSync(folder).sort()).toEqual(['r.jsonl', 'small.json']);
  });

  test('for want of memory is said to', { timeout: 60_000 }, async () => {
    const error = await failure(run('memory', { memory: 24 }));
    expect(error.message).toContain('task 3 (linear, n = 40, replicate 3): its thread ran out of memory');
    expect(journal()).toEqual(others);
  });

  test('before it has loaded the study ends the run', async () => {
    const error = await failure(run('start'));
    expect(error.message).toBe(
      '[tfjs-moe] moe study: no thread can load the study: its thread ended with status 9.',
    );
    expect(exitStatusOf(error)).toBe(1);
  });
});

test('a thread that ends between two tasks is replaced', async () => {
  vi.stubEnv('MOE_TEST_CRASH', 'idle');
  const worker = new URL('./crashing-worker.mjs', import.meta.url);
  const source = { path: smallStudy(folder), quick: false };
  const pool = await openThreadPool<StudySource, Outcome>({ source, workers: 1, worker });
  expect((await pool.run(3)).index).toBe(3);
  await new Promise((done) => setTimeout(done, 400));
  // On a busy machine it may end only now, which is told; the next has a thread of its own.
  const next = await pool.run(4).catch(() => pool.run(4));
  expect(next.index).toBe(4);
  await pool.close();
});

test('a task that throws is told of when the others are kept', async () => {
  const error = await failure(run('throw'));
  expect(error.message).toBe('task 3 (linear, n = 40, replicate 3) failed; the others are kept');
  expect(String(error.cause)).toBe('RangeError: of a programmer');
  expect(exitStatusOf(error)).toBe(1);
  expect(journal()).toEqual(others);
});

describe('a disk that fills up', () => {
  test('ends the run in one line, wherever it is, and the same command goes on', async () => {
    await runStudy({ ...base(), openPool: madeUp });
    const whole = readFileSync(out());
    for (let room = 0; room < 2 * whole.length; room += 997) {
      rmSync(out());
      const error = await failure(runStudy({ ...base(), files: faultyFileSystem({ room, most: 100 }) }));
      expect(error.message).toMatch(/the (journal|results) cannot be written: the disk is full \(ENOSPC\)/);
      expect(exitStatusOf(error)).toBe(1);
      expect(readdirSync(folder).sort()).toEqual(['r.jsonl.partial', 'small.json']);
      await runStudy(base());
      expect(readFileSync(out()).equals(whole)).toBe(true);
    }
  });

  const base = () => ({
    source: { path: smallStudy(folder), quick: false },
    out: out(),
    shard: undefined,
    workers: 2,
    openPool: madeUp,
  });
});
