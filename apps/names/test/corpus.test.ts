import { stream } from '@tfjs-moe/core';
import { describe, expect, test } from 'vitest';
import { type Corpus, corpusOf, drawnRows, heldOutRows } from '../src/corpus.ts';
import { draw } from '../src/draw.ts';
import { languages } from '../src/languages.ts';
import { wordsOf } from '../src/words.ts';

const shown = languages.filter(({ locale }) => ['de', 'el', 'ko'].includes(locale));
const corpus = corpusOf(shown, wordsOf);
const text = ({ characters }: Corpus, numbers: Iterable<number>) =>
  Array.from(numbers, (number) => characters[number] || '.').join('');

describe('the corpus', () => {
  test('has two dozen languages in eight scripts, of a few hundred words each or more', () => {
    expect(languages).toHaveLength(24);
    expect(new Set(languages.map(({ script }) => script)).size).toBe(8);
    for (const { locale } of languages) expect(wordsOf(locale).length).toBeGreaterThan(300);
  });

  test('a word is in lower case and taken apart', () => {
    const german = wordsOf('de');
    expect(german).toEqual(german.map((word) => word.toLowerCase().normalize('NFD')));
    expect(german.some((word) => word.includes('u\u0308'))).toBe(true);
    expect(Math.max(...wordsOf('ko').map((word) => [...word].length))).toBeGreaterThan(5);
  });

  test('no held-out word stands in a training set, of whatever language', () => {
    const known = new Set(corpus.training.flat().map(String));
    expect(corpus.heldOut.flat().filter((word) => known.has(String(word)))).toEqual([]);
    const share = corpus.heldOut.flat().length / (known.size + corpus.heldOut.flat().length);
    expect(share).toBeGreaterThan(0.07);
    expect(share).toBeLessThan(0.13);
  });

  test('rows hold whole words of one language, from the start of the first one', () => {
    const rows = drawnRows(corpus, 12, 32, stream(1, 'rows'));
    rows.language.forEach((language, row) => {
      const line = text(corpus, rows.characters.subarray(row * 33, (row + 1) * 33));
      const words = line.split('.').slice(1, -1);
      const known = corpus.training[language]!.map((word) => text(corpus, word.slice(0, -1)));
      expect(line.startsWith('.')).toBe(true);
      expect(words.filter((word) => !known.includes(word))).toEqual([]);
    });
  });

  test('what networks are judged by is the same every time', () => {
    expect(heldOutRows(corpus, 3, 32)).toEqual(heldOutRows(corpus, 3, 32));
    expect([...heldOutRows(corpus, 2, 8).language]).toEqual([0, 0, 1, 1, 2, 2]);
  });

  test('draw takes what is heavier more often, and what weighs nothing never', () => {
    const random = stream(1, 'draw');
    const counts = [0, 0, 0];
    for (let i = 0; i < 3_000; i++) counts[draw([1, 0, 2], random)]!++;
    expect(counts[1]).toBe(0);
    expect(counts[2]! / counts[0]!).toBeCloseTo(2, 0);
  });
});
