/** `moe` as a process: full disks, closed pipes, signals, two at once. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runStudy } from '../src/study/run-study.ts';
import { moe } from './run-from-source.ts';
import { inThisThread } from './study/pools.ts';
import { smallStudy } from './study/small-study.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'program-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a line of a shell in which `moe` is the program. */
function shell(line: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const run = [process.execPath, ...moe()].map((word) => `"${word}"`).join(' ');
  const child = spawn('bash', ['-c', line.replace(/\bmoe\b/, run)], { cwd: folder });
  const kept = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (data) => (kept[name] += data));
  return new Promise((done) => child.on('close', (status) => done({ status, ...kept })));
}

describe.runIf(process.platform !== 'win32')('standard output', () => {
  test.runIf(existsSync('/dev/full'))(
    'on a full disk ends every command with status 1',
    { timeout: 120_000 },
    async () => {
      const lines = [
        'simulate reference-a --n 5000',
        'check --expert constant --budget 1',
        'study list',
        'completion bash',
        'fit --help',
        '--help',
      ];
      const endings = await Promise.all(lines.map((line) => shell(`moe ${line} > /dev/full`)));
      endings.forEach(({ status, stderr }, i) => {
        const who = ['moe simulate', 'moe check', 'moe study', 'moe completion', 'moe fit', 'moe --help'][i];
        const line = `[tfjs-moe] ${who}: the result cannot be written: the disk is full (ENOSPC). Received: "standard output".\n`;
        expect([status, stderr.slice(-line.length)]).toEqual([1, line]);
      });
    },
  );

  test('that is no longer read is no failure', { timeout: 60_000 }, async () => {
    const { stdout, stderr } = await shell('moe simulate reference-a --n 50000 | head -1; echo $PIPESTATUS');
    expect(stdout).toBe('x1,y\n0\n');
    expect(stderr).toBe('');
  });
});

test.runIf(process.platform !== 'win32').each([['--version'], ['-V']])(
  '%s is that of the package',
  async (word) => {
    const manifest = readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    expect((await shell(`moe ${word}`)).stdout).toBe(`moe ${version}\n`);
  },
);

test.runIf(process.platform !== 'win32')(
  'files are those of the folder that it runs in, as in a script of npm',
  async () => {
    const { status } = await shell(`INIT_CWD=${tmpdir()} moe simulate reference-a --n 5 --out rows.csv`);
    expect(status).toBe(0);
    expect(readdirSync(folder)).toEqual(['rows.csv']);
  },
);

describe.runIf(process.platform !== 'win32')('a study', () => {
  const words = (out: string) => ['study', smallStudy(folder), '--workers', '2', '--out', join(folder, out)];

  /** Runs a study until it has three outcomes, then sends a signal. */
  async function interrupted(out: string, signal: NodeJS.Signals) {
    const child = spawn(process.execPath, moe(...words(out)), { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (data) => (said += data));
    const end = new Promise<number | null>((done) => child.on('close', done));
    const journal = join(folder, `${out}.partial`);
    while (!existsSync(journal) || readFileSync(journal, 'utf8').split('\n').length < 4) {
      expect(child.exitCode, said).toBeNull();
      await new Promise((done) => setTimeout(done, 2));
    }
    child.kill(signal);
    return { status: await end, said };
  }

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('keeps its tasks after %s, and goes on', { timeout: 90_000 }, async (signal, expected) => {
    const { status, said } = await interrupted('cut', signal);
    const source = { path: smallStudy(folder), quick: false };
    const run = (out: string) =>
      runStudy({ source, out: join(folder, out), shard: undefined, workers: 1, openPool: inThisThread });
    // The study is of a moment: it may have ended before it heard.
    if (!existsSync(join(folder, 'cut'))) {
      expect(status, said).toBe(expected);
      expect(said).toContain('Interrupted. The same command goes on where it stopped.');
      expect(readdirSync(folder).sort()).toEqual(['cut.partial', 'small.json']);
    }
    await run('cut');
    await run('whole');
    expect(readFileSync(join(folder, 'cut')).equals(readFileSync(join(folder, 'whole')))).toBe(true);
  });
});

describe.runIf(process.platform !== 'win32')('the launchers', () => {
  test.each([
    'packages/cli/scripts/moe.mjs',
    'apps/bench/scripts/bench.mjs',
    'apps/digits/scripts/digits.mjs',
  ])('%s says that there is no pnpm', (script) => {
    const path = resolve(import.meta.dirname, '../../..', script);
    const options = { encoding: 'utf8' as const, env: { ...process.env, PATH: folder } };
    const { status, stdout, stderr } = spawnSync(process.execPath, [path, '--help'], options);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^\w+: there is no pnpm on the path; install pnpm@[\d.]+, or write npx [^\n]*\n$/);
  });
});
