import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from 'app-frame';
import { afterAll, expect, test } from 'vitest';
import { corpusOf } from '../src/corpus.ts';
import { languages } from '../src/languages.ts';
import { parseOptions } from '../src/options.ts';
import { run } from '../src/run.ts';
import { train } from '../src/train.ts';
import { wordsOf } from '../src/words.ts';

const folder = mkdtempSync(join(tmpdir(), 'names-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function start(name: string, stop: Parameters<typeof run>[2]) {
  let text = '';
  const words = [
    '--quick',
    '--languages=3',
    '--steps=3',
    '--seeds=1',
    '--experts=3',
    '--ratio=1.4',
    `--out=${name}`,
  ];
  const terminal = { write: (part: string) => (text += part) };
  const status = await run(parseOptions(words, folder), terminal, stop);
  return { status, text, file: (path: string) => join(folder, name, path) };
}

test('a run trains, reports, saves, and reads back what it saved', async () => {
  const going = { signal: new AbortController().signal, status: undefined };
  const one = await start('one', going);
  expect(one.status).toBe(0);
  expect(one.text).toContain('read back from disk, it predicts the same: largest difference 0');
  expect(one.text).toMatch(/dense, equal time +\d\.\d+ +\d\.\d+ to \d\.\d+ +4 /);
  expect(one.text).toContain('After as much time, the mixture is');
  const page = readFileSync(one.file('report.html'), 'utf8');
  expect(page.match(/>[^<]*(NaN|Infinity|undefined)[^<]*</)).toBeNull();
  for (const word of [
    'German',
    'Names that it made up',
    'Who works with whom: block2',
    'chance',
    '--ratio=1.400',
  ])
    expect(page).toContain(word);
  expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  expect(existsSync(one.file('model.json')) && existsSync(one.file('weights.bin'))).toBe(true);
  const record = JSON.parse(readFileSync(one.file('names.json'), 'utf8'));
  expect(record.characters[0]).toBe('');
  expect(record.languages).toHaveLength(3);
  expect(record.trainings.map(({ role }: { role: string }) => role)).toEqual([
    'mixture',
    'dense',
    'dense, equal time',
  ]);
  expect(record.command).toContain('--ratio=1.400');
});

test('the same seed gives the same weights, bit by bit, and another one others', async () => {
  await useBackend('test', 'wasm');
  const corpus = corpusOf(languages.slice(0, 2), wordsOf);
  const sizes = { characters: corpus.characters.length, features: 8, blocks: 1, experts: 3, hidden: 8 };
  const settings = { corpus, sizes, steps: 2, batch: 2, length: 8, judged: 1, progress: () => {} };
  const weightsOf = async (seed: number) => {
    const { signal } = new AbortController();
    const { model } = await train('mixture', { ...settings, seed, signal });
    return model.getWeights().map((weight) => Array.from(weight.dataSync()));
  };
  const [one, two, other] = [await weightsOf(1), await weightsOf(1), await weightsOf(2)];
  expect(one).toEqual(two);
  expect(one).not.toEqual(other);
});

test('a run that is interrupted before its first step writes nothing', async () => {
  const { status, text, file } = await start('none', { signal: AbortSignal.abort(), status: 143 });
  expect(status).toBe(143);
  expect(text).toContain('nothing was learned');
  expect(existsSync(file('report.html'))).toBe(false);
});
