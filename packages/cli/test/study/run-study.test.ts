import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mergeResults } from '../../src/study/merge.ts';
import { type RunOptions, runStudy } from '../../src/study/run-study.ts';
import type { Arm, MeasureConfig } from '../../src/study/study.ts';
import { writeTaskResults } from '../../src/tasks/task-file.ts';
import { moe } from '../run-from-source.ts';
import { inThisThread, inThreads } from './pools.ts';
import { small, smallStudy } from './small-study.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'study-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const options = (out: string, change: Partial<RunOptions> = {}): RunOptions => ({
  source: { path: smallStudy(folder), quick: false },
  out: join(folder, out),
  shard: undefined,
  workers: 1,
  openPool: inThisThread,
  ...change,
});
const bytes = (out: string) => readFileSync(join(folder, out), 'utf8');

describe('a study', () => {
  test('gives the same bytes on one thread, on two, and in shards', { timeout: 60_000 }, async () => {
    const results = await runStudy(options('one'));
    expect(results?.outcomes).toHaveLength(20);
    for (const { losses, error } of results!.outcomes) {
      expect(error).toBeUndefined();
      for (const loss of Object.values(losses)) expect(loss).toBeGreaterThan(0);
    }
    await runStudy(options('two', { workers: 2, openPool: inThreads }));
    expect(bytes('two')).toBe(bytes('one'));
    const parts = [0, 1, 2].map((index) => ({ index, count: 3 }));
    for (const shard of parts) await runStudy(options(`part${shard.index}`, { shard }));
    writeTaskResults(
      'moe study merge',
      join(folder, 'merged'),
      mergeResults(parts.map(({ index }) => join(folder, `part${index}`))),
    );
    expect(bytes('merged')).toBe(bytes('one'));
    expect(existsSync(join(folder, 'one.partial'))).toBe(false);
  });

  test('gives every replicate a truth in its turn, whichever way fits start', async () => {
    const [, { truth, ...likelihood }] = small.arms as [unknown, Arm & { truth: MeasureConfig }];
    const other = { ...truth, expertParams: { kernel: [-2, 0.5], bias: [1, -1] } };
    const losses = async (from: 'near' | 'draws', law: Pick<Arm, 'truth' | 'truths'>, experts: number) => {
      const fit = { ...likelihood.fit, experts, from, starts: 2 };
      const arms = [{ ...likelihood, ...law, fit }];
      const plan = options(`${from}-${law.truths?.length ?? 1}`);
      smallStudy(folder, { arms, sizes: [60], replicates: 2 });
      const results = await runStudy(plan);
      expect(results?.outcomes).toHaveLength(2);
      return results!.outcomes.map((outcome) => outcome.losses.regression!);
    };
    const inTurn = await losses('near', { truths: [truth, other] }, 2);
    expect(inTurn[1]).toBe((await losses('near', { truth: other }, 2))[1]);
    const drawn = await losses('draws', { truths: [truth, other] }, 2);
    for (const loss of [...inTurn, ...drawn]) expect(loss).toBeLessThan(0.5);
    expect(drawn).not.toEqual(inTurn);
  });

  test('goes on where it was interrupted', async () => {
    await runStudy(options('whole'));
    const stop = new AbortController();
    let seen = 0;
    const onOutcome = () => {
      seen += 1;
      if (seen === 7) stop.abort();
    };
    expect(await runStudy(options('cut', { signal: stop.signal, onOutcome }))).toBeUndefined();
    expect(existsSync(join(folder, 'cut'))).toBe(false);
    const starts: [number, number][] = [];
    await runStudy(options('cut', { onStart: (total, done) => starts.push([total, done]) }));
    expect(starts).toEqual([[20, 7]]);
    expect(bytes('cut')).toBe(bytes('whole'));
    // A complete study is not run again.
    await runStudy(options('cut', { onStart: (total, done) => starts.push([total, done]) }));
    expect(starts[1]).toEqual([20, 20]);
  });

  test('survives kill -9 at any moment', { timeout: 90_000 }, async () => {
    await runStudy(options('whole'));
    const path = smallStudy(folder);
    const words = ['study', path, '--workers', '1', '--out', join(folder, 'killed')];
    const partial = join(folder, 'killed.partial');
    const victim = spawn(process.execPath, moe(...words), { stdio: 'ignore' });
    const ended = new Promise((done) => victim.once('exit', (_, signal) => done(signal)));
    while (!existsSync(partial) || readFileSync(partial, 'utf8').split('\n').length < 4) {
      await new Promise((done) => setTimeout(done, 2));
    }
    victim.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    expect(existsSync(join(folder, 'killed'))).toBe(false);
    await runStudy(options('killed'));
    expect(bytes('killed')).toBe(bytes('whole'));
  });

  test('does not go on with another configuration', async () => {
    await runStudy(options('x', { source: { path: smallStudy(folder), quick: true } }));
    await expect(runStudy(options('x'))).rejects.toThrow('another study or configuration');
    const path = join(folder, 'other.json');
    writeFileSync(path, JSON.stringify({ ...small, seed: 5 }));
    await expect(runStudy(options('x', { source: { path, quick: true } }))).rejects.toThrow('another study');
  });

  test('reads a study from TypeScript', async () => {
    const path = join(folder, 'own.ts');
    const arms = small.arms.slice(0, 1);
    writeFileSync(path, `export const study: object = ${JSON.stringify({ ...small, arms, replicates: 1 })};`);
    const results = await runStudy(options('own', { source: { path, quick: false } }));
    expect(results?.outcomes).toHaveLength(2);
  });
});
