import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { exitStatusOf } from '@tfjs-moe/command-line';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunOptions, runStudy } from '../../src/study/run-study.ts';
import { madeUp } from './pools.ts';
import { smallStudy } from './small-study.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'two-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const options = (out: string, change: Partial<RunOptions> = {}): RunOptions => ({
  source: { path: smallStudy(folder), quick: false },
  out: join(folder, out),
  shard: undefined,
  workers: 2,
  openPool: madeUp,
  ...change,
});

/** Runs a study that waits at its first outcome until something else was done. */
async function during(first: RunOptions, meanwhile: () => Promise<void>) {
  let go = () => {};
  const stopped = new Promise<void>((done) => {
    go = done;
  });
  let begun = () => {};
  const atWork = new Promise<void>((done) => {
    begun = done;
  });
  const running = runStudy({
    ...first,
    openPool: async (pool) => {
      const { run, ...rest } = await madeUp(pool);
      return {
        ...rest,
        run: async (index) => {
          begun();
          await stopped;
          return run(index);
        },
      };
    },
  });
  await atWork;
  try {
    await meanwhile();
  } finally {
    go();
  }
  return running;
}

describe('two runs of one study', () => {
  test('are one: the second is told at once, and the first is not disturbed', async () => {
    await runStudy(options('alone'));
    const results = await during(options('r'), async () => {
      for (const out of ['r', `../${basename(folder)}/r`]) {
        const error = await runStudy(options(out)).catch((reason) => reason);
        expect(error.message).toMatch(
          new RegExp(
            `^\\[tfjs-moe\\] moe study: a run of these results is at work already: process ${process.pid} on .*; its lock is .*r\\.lock\\.$`,
          ),
        );
        expect(exitStatusOf(error)).toBe(2);
      }
    });
    expect(results?.outcomes).toHaveLength(20);
    expect(readFileSync(join(folder, 'r'))).toEqual(readFileSync(join(folder, 'alone')));
    expect(readdirSync(folder).sort()).toEqual(['alone', 'r', 'small.json']);
  });

  test('are one through a link as well, and the link stays', async () => {
    symlinkSync('real', join(folder, 'link'));
    await during(options('real'), async () => {
      await expect(runStudy(options('link'))).rejects.toThrow('at work already');
    });
    expect((await runStudy(options('link')))?.outcomes).toHaveLength(20);
    expect(readdirSync(folder).sort()).toEqual(['link', 'real', 'small.json']);
  });

  test('may be of different shards', async () => {
    const shard = (index: number) => ({ shard: { index, count: 2 } });
    await during(options('r.0', shard(0)), async () => {
      expect((await runStudy(options('r.1', shard(1))))?.outcomes).toHaveLength(10);
    });
    expect(readdirSync(folder).sort()).toEqual(['r.0', 'r.1', 'small.json']);
  });

  test('the second gets the results of the first when it comes after it', async () => {
    const first = await runStudy(options('r'));
    expect(await runStudy(options('r'))).toEqual(first);
    expect(first!.outcomes.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
});
