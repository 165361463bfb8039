/** Results and journals that end anywhere: they are read right or with a name for what is wrong, and gone on with. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFileSystem } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { afterAll, describe, expect, test } from 'vitest';
import { mergeResults } from '../../src/study/merge.ts';
import { readResults } from '../../src/study/results-file.ts';
import { runStudy } from '../../src/study/run-study.ts';
import { madeUp } from './pools.ts';
import { smallStudy } from './small-study.ts';

const folder = mkdtempSync(join(tmpdir(), 'cut-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = smallStudy(folder);
const out = join(folder, 'r.jsonl');
const partial = `${out}.partial`;
/** Without waiting for the disk, many times. */
const files = { ...nodeFileSystem, fsyncSync() {} };
const run = () =>
  runStudy({ source: { path, quick: false }, out, shard: undefined, workers: 3, openPool: madeUp, files });

await run();
const whole = readFileSync(out);
/** Shuffled, as journals are. */
const journal = (() => {
  const [header, ...lines] = whole.toString().trimEnd().split('\n');
  const order = lines.map((line, i) => ({ line, place: (i * 7) % lines.length }));
  return Buffer.from(
    `${[header, ...order.sort((a, b) => a.place - b.place).map(({ line }) => line)].join('\n')}\n`,
  );
})();

/** Every byte of the last line and around every line's end, and every 41st of the rest. */
const last = whole.lastIndexOf(0x0a, whole.length - 2);
const ends = Array.from({ length: whole.length + 1 }, (_, end) => end).filter(
  (end) => end % 41 === 0 || end > last || whole.subarray(end - 2, end + 1).includes(0x0a),
);

/** What reading ends in: a number of outcomes, or an error that has a name. */
function reading(read: () => { outcomes: readonly unknown[] }): string {
  try {
    return `${read().outcomes.length} outcomes`;
  } catch (error) {
    if (!(error instanceof MoeError)) throw error;
    return error.message;
  }
}

describe('results that end anywhere', () => {
  test('are read whole, or refused with what is missing', () => {
    const incomplete = /must hold results of a study|all 20 tasks must be there; \d+ (are|is) missing/;
    const wrong = Array.from({ length: whole.length }, (_, end) => {
      writeFileSync(out, whole.subarray(0, end));
      const reads = [reading(() => readResults('moe', out))];
      if (end % 9 === 0) reads.push(reading(() => mergeResults([out])));
      return reads.every((said) => incomplete.test(said)) ? [] : [end, ...reads];
    });
    expect(wrong.flat()).toEqual([]);
    writeFileSync(out, whole);
    expect(reading(() => readResults('moe', out))).toBe('20 outcomes');
  });

  test('are gone on with to the same bytes', { timeout: 120_000 }, async () => {
    for (const end of ends) {
      writeFileSync(out, whole.subarray(0, end));
      expect((await run())?.outcomes).toHaveLength(20);
      expect(readFileSync(out).equals(whole), `cut at ${end}`).toBe(true);
    }
    expect(readdirSync(folder).sort()).toEqual(['r.jsonl', 'small.json']);
  });
});

describe('journals that end anywhere', () => {
  test('are gone on with to the same bytes, also beside results that are not complete', {
    timeout: 120_000,
  }, async () => {
    for (const end of ends) {
      rmSync(out, { force: true });
      writeFileSync(partial, journal.subarray(0, end));
      if (end % 2 === 0) writeFileSync(out, whole.subarray(0, whole.length - end));
      await run();
      expect(readFileSync(out).equals(whole), `cut at ${end}`).toBe(true);
      expect(existsSync(partial)).toBe(false);
    }
  });
});

describe('results with a byte changed', () => {
  test('are read as they are, or refused by name, and never end in a raw error', () => {
    for (let place = 0; place < whole.length; place += 3) {
      const bytes = Buffer.from(whole);
      bytes[place] = bytes[place]! ^ (1 << (place % 7));
      writeFileSync(out, bytes);
      const said = reading(() => readResults('moe', out));
      if (!/^20 outcomes$|line \d+|twice|1 is missing/.test(said))
        expect.unreachable(`byte ${place}: ${said}`);
    }
  });

  test('a task that is in results and journal, differently, is named', async () => {
    writeFileSync(out, whole.subarray(0, whole.lastIndexOf(0x0a, whole.length - 2) + 1));
    writeFileSync(partial, journal.toString().replace('"iterations":3', '"iterations":4'));
    await expect(run()).rejects.toThrow('task 3 is in');
    rmSync(partial);
  });
});

describe('a complete file', () => {
  test('with a task twice is put right by the same command', async () => {
    const lines = whole.toString().split('\n');
    writeFileSync(out, `${[...lines.slice(0, -1), lines[3]].join('\n')}\n`);
    await run();
    expect(readFileSync(out).equals(whole)).toBe(true);
  });

  test('takes the journal with it that a kill left in the last moment', async () => {
    writeFileSync(out, whole);
    writeFileSync(partial, journal);
    await run();
    expect(existsSync(partial)).toBe(false);
    expect(readFileSync(out).equals(whole)).toBe(true);
  });
});
