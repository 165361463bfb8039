/** The model of names: its packed weights, what it makes of a text, and what is said of the run that trained it. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { against, spreadOf } from '../names/contest.ts';
import { inkOn } from '../names/ink.ts';
import { modelOf, type NamesFile, numbersOf, routed } from '../names/model.ts';
import { packed, packedSize, unpacked } from '../names/packed-weights.ts';
import { docs } from './pages.ts';

const folder = join(docs, 'names');
const file = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as NamesFile;

test('packed weights come back to within half a step of their row, however long the rows are', () => {
  const row = fc.integer({ min: 1, max: 9 });
  const values = fc.array(fc.float({ noNaN: true, min: -1000, max: 1000 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(values, row, (numbers, length) => {
      const floats = Float32Array.from(numbers);
      const bytes = packed(floats, length);
      expect(bytes.length).toBe(packedSize(floats.length, length));
      const back = unpacked(bytes, floats.length, length);
      floats.forEach((value, i) => {
        const from = i - (i % length);
        const most = Math.max(...Array.from(floats.subarray(from, from + length), Math.abs));
        expect(Math.abs(back[i]! - value)).toBeLessThanOrEqual(most / 62 + 1e-6 * most + 1e-36);
      });
    }),
  );
});

describe('the model', () => {
  let model: Awaited<ReturnType<typeof modelOf>>;
  beforeAll(async () => {
    model = await modelOf(file, readFileSync(join(folder, 'weights.bin')));
  });

  test('fits into 300 kB and says which run it is from', () => {
    expect(statSync(join(folder, 'weights.bin')).size).toBeLessThan(300_000);
    expect(file.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(file.command).toMatch(/^pnpm names .*--steps=300/);
    const trained = file.trainings.find(({ role, seed }) => role === 'mixture' && seed === file.seed)!;
    expect(Math.abs(file.bits - trained.bits)).toBeLessThan(0.05);
  });

  test('routes every character to two experts in each block, and has learned something of names', async () => {
    const { characters, experts } = await routed(model, file, 'Alexander, Иванов');
    expect(characters).toHaveLength(17);
    for (const { choices } of characters) {
      expect(choices).toHaveLength(2);
      for (const pair of choices) {
        expect(new Set(pair.map(({ expert }) => expert)).size).toBe(2);
        expect(pair.every(({ expert }) => expert < experts)).toBe(true);
        expect(pair.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 4);
      }
    }
    const bits = characters.flatMap(({ bits: of }) => of ?? []);
    expect(bits.reduce((sum, value) => sum + value, 0) / bits.length).toBeLessThan(
      Math.log2(file.characters.length) / 1.5,
    );
  });

  test('is not troubled by anything that is typed', async () => {
    for (const text of ['', ',,,', '漢字 😀', 'x'.repeat(200)]) {
      const { characters, next } = await routed(model, file, text);
      expect(characters.length).toBeGreaterThan(0);
      expect(characters.length).toBeLessThanOrEqual(file.length);
      expect(next.every(({ share }) => share > 0 && share <= 1)).toBe(true);
    }
    expect(numbersOf(file, 'a😀a').unknown).toEqual(['😀']);
  });
});

test('the contest is told as it went', () => {
  const trainings = [1, 2].flatMap((seed) => [
    { role: 'mixture', seed, steps: 9, bits: 3 },
    { role: 'dense', seed, steps: 9, bits: 3.02 * seed },
    { role: 'dense, equal time', seed, steps: 11 + seed, bits: 2.9 + 0.2 * (seed - 1) },
  ]);
  expect(against(trainings, 'dense')).toBe('1.530 bits ahead (0.020 to 3.040), under each of 2 seeds');
  expect(against(trainings, 'dense, equal time')).toContain('but not under every one of 2 seeds');
  expect(spreadOf(trainings, 'dense, equal time')).toMatchObject({ mean: '3.000', steps: '12 to 13' });
});

test('words on a colour are black or white, whichever is easier to read', () => {
  expect([inkOn('#0072b2'), inkOn('#e0d185')]).toEqual(['#ffffff', '#000000']);
});
