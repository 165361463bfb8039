import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'digits-interrupt-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts a training that would go on for a long time. */
function start(name: string): {
  child: ChildProcess;
  until: (text: string) => Promise<void>;
  end: Promise<End>;
} {
  const words = [
    '--epochs=500',
    '--samples=2000',
    '--experts=3',
    '--hidden=8',
    `--out=${join(folder, name)}`,
  ];
  const script = resolve(import.meta.dirname, '../../../scripts/run-from-source.mjs');
  const main = resolve(import.meta.dirname, '../src/main.ts');
  const child = spawn(process.execPath, [script, main, ...words], {
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

test('the first Ctrl-C keeps what was learned', { timeout: 60_000 }, async () => {
  const { child, until, end } = start('kept');
  await until('epoch 1/500');
  child.kill('SIGINT');
  const { status, output } = await end;
  expect(output).toContain('Keeping what was learned so far');
  expect(output).toMatch(/Interrupted after \d+ of 8,000 steps/);
  expect(output).toContain('read back from disk, it predicts the same');
  expect(status).toBe(130);
  const page = readFileSync(join(folder, 'kept/report.html'), 'utf8');
  expect(page.includes('Training was interrupted')).toBe(true);
});

test('the second Ctrl-C quits at once', { timeout: 60_000 }, async () => {
  const { child, until, end } = start('quit');
  await until('epoch 1/500');
  child.kill('SIGINT');
  await until('Keeping what was learned so far');
  child.kill('SIGINT');
  const { status, output } = await end;
  expect(status).toBe(130);
  expect(output).not.toContain('Done in');
  expect(existsSync(join(folder, 'quit/report.html'))).toBe(false);
});
