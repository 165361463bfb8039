import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseOptions } from '../src/options.ts';
import { run } from '../src/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'digits-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TINY = ['--samples=640', '--epochs=2', '--batch=64', '--experts=4', '--hidden=16', '--backend=wasm'];

const going = { signal: new AbortController().signal, status: undefined };

async function start(name: string, stop: Parameters<typeof run>[2], ...words: string[]) {
  let text = '';
  const terminal = { write: (part: string) => (text += part) };
  const status = await run(parseOptions([...TINY, ...words, `--out=${name}`], folder), terminal, stop);
  const file = (path: string) => join(folder, name, path);
  return { status, text, file };
}

test('a run trains, reports, saves, and reads back what it saved', { timeout: 60_000 }, async () => {
  const { status, text, file } = await start('one', going);
  expect(status).toBe(0);
  expect(text).toContain('read back from disk, it predicts the same: largest difference 0');
  expect(text).toMatch(/mixture of 4 experts +\d\d\.\d\d %/);
  expect(text).toMatch(/expert 4 +\d/);
  expect(existsSync(file('model.json')) && existsSync(file('weights.bin'))).toBe(true);
  const page = readFileSync(file('report.html'), 'utf8');
  expect(page.match(/>[^<]*(NaN|Infinity|undefined)[^<]*</)).toBeNull();
  const accuracy = Number(/classify (\d+\.\d+) % of 10,000/.exec(page)?.[1]);
  expect(accuracy).toBeGreaterThan(60);

  // The same seed gives the same weights, bit by bit; another seed gives others.
  const again = await start('two', going);
  expect(readFileSync(again.file('weights.bin')).equals(readFileSync(file('weights.bin')))).toBe(true);
  const other = await start('three', going, '--seed=2', '--epochs=1');
  expect(readFileSync(other.file('weights.bin')).equals(readFileSync(file('weights.bin')))).toBe(false);
});

test('a run that is interrupted before its first step writes nothing', async () => {
  const { status, text, file } = await start('none', { signal: AbortSignal.abort(), status: 143 });
  expect(status).toBe(143);
  expect(text).toContain('nothing was learned');
  expect(existsSync(file('report.html'))).toBe(false);
});
