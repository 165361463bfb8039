import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'digits-interrupt-'));
afterAll(() => rmSync(folder, { recursive: true }));

const hooks = new URL('../../../scripts/from-source.mjs', import.meta.url).href;
const main = resolve(import.meta.dirname, '../src/main.ts');

/** Starts a training that would go on for a long time. */
function start(out: string): {
  child: ChildProcess;
  until: (text: string) => Promise<void>;
  end: Promise<End>;
} {
  const words = ['--epochs=500', '--samples=2000', '--experts=3', '--hidden=8', `--out=${out}`];
  const child = spawn(process.execPath, ['--import', hooks, main, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => {
      output += data;
      for (const listener of listeners) listener();
    });
  }
  const end = new Promise<End>((done) => child.on('close', (status) => done({ status, output })));
  const until = (text: string): Promise<void> =>
    new Promise((found, lost) => {
      const look = () => output.includes(text) && found();
      listeners.push(look);
      look();
      void end.then(() => lost(new Error(`ended without "${text}":\n${output}`)));
    });
  return { child, until, end };
}

interface End {
  readonly status: number | null;
  readonly output: string;
}

test.each([
  ['Ctrl-C', 'SIGINT', 130],
  ['SIGTERM', 'SIGTERM', 143],
  ['a closed terminal', 'SIGHUP', 129],
] as const)('the first %s keeps what was learned', { timeout: 60_000 }, async (_, signal, expected) => {
  const out = join(folder, signal);
  const { child, until, end } = start(out);
  await until('epoch 1/500');
  child.kill(signal);
  const { status, output } = await end;
  expect(output).toContain('Keeping what was learned so far');
  expect(output).toMatch(/Interrupted after \d+ of 8,000 steps/);
  expect(output).toContain('read back from disk, it predicts the same');
  expect(status).toBe(expected);
  const page = readFileSync(join(out, 'report.html'), 'utf8');
  expect(page.includes('Training was interrupted')).toBe(true);
  expect(readdirSync(out).sort()).toEqual(['model.json', 'report.html', 'weights.bin']);
});

test('a folder that cannot be is refused before anything is learned', { timeout: 60_000 }, async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const { status, output } = await start(join(file, 'out')).end;
  expect(output).toBe(
    `[tfjs-moe] digits: --out must be a folder that can be written to: a part of the path is a file, not a folder (ENOTDIR). Received: "${file}/out".\n`,
  );
  expect(status).toBe(2);
});
