import { type Stream, stream } from '@tfjs-moe/core';
import { draw } from './draw.ts';
import type { Language } from './languages.ts';

/** Words of every language, as numbers of characters. */
export interface Corpus {
  readonly languages: readonly Language[];
  /** What the numbers mean: 0 is the end of a word, which is also what a sequence begins with. */
  readonly characters: readonly string[];
  readonly training: readonly (readonly Word[])[];
  /** Words that stand in no training set, of whatever language. */
  readonly heldOut: readonly (readonly Word[])[];
}

export type Word = readonly number[];

/** Characters and what they belong to, [rows][length + 1]: one language in a row, words with their ends. */
export interface Rows {
  readonly language: Uint8Array;
  /** [rows * (length + 1)] */
  readonly characters: Int32Array;
}

const END = 0;
/** Of ten words, one is held out. */
const FOLDS = 10;
/** A character seen less often is not learned, and its words are left out. */
const RARE = 5;
/** How far large languages are drawn more often than small ones: by their number of words to this power. */
const EVENNESS = 0.7;

/** The same words are held out under every seed, so that seeds can be compared. */
export function corpusOf(
  languages: readonly Language[],
  wordsOf: (locale: string) => readonly string[],
): Corpus {
  const all = languages.map(({ locale }) => wordsOf(locale));
  const counts = new Map<string, number>();
  for (const character of all.flat().flatMap((word) => [...word]))
    counts.set(character, (counts.get(character) ?? 0) + 1);
  const characters = [...counts.keys()].filter((character) => counts.get(character)! >= RARE).sort();
  const numbers = new Map(characters.map((character, i) => [character, i + 1]));
  const held = (word: string) => stream(0, 'names/held-out', word).integer(FOLDS) === 0;
  const known = all.map((words) =>
    words.filter((word) => [...word].every((character) => numbers.has(character))),
  );
  const coded = (words: readonly string[]) =>
    words.map((word) => [...Array.from(word, (character) => numbers.get(character)!), END]);
  return {
    languages,
    characters: ['', ...characters],
    training: known.map((words) => coded(words.filter((word) => !held(word)))),
    heldOut: known.map((words) => coded(words.filter(held))),
  };
}

/** Rows for training, of languages and words that the stream draws. */
export function drawnRows(corpus: Corpus, rows: number, length: number, random: Stream): Rows {
  const weights = corpus.training.map((words) => words.length ** EVENNESS);
  const language = Uint8Array.from({ length: rows }, () => draw(weights, random));
  const words = (of: number) => {
    const choice = corpus.training[of]!;
    return choice[random.integer(choice.length)]!;
  };
  return packed(language, length, words);
}

/** Rows of held-out words, as many of each language, the same at every call. */
export function heldOutRows(corpus: Corpus, rowsOfLanguage: number, length: number): Rows {
  const language = Uint8Array.from({ length: corpus.languages.length * rowsOfLanguage }, (_, row) =>
    Math.floor(row / rowsOfLanguage),
  );
  const next = corpus.heldOut.map((words, i) => {
    const order = stream(0, 'names/held-out-order', i).permutation(words.length);
    let at = 0;
    return () => words[order[at++ % words.length]!]!;
  });
  return packed(language, length, (of) => next[of]!());
}

/** Words one after the other until a row is full; the last one may be cut off. */
function packed(language: Uint8Array, length: number, word: (language: number) => Word): Rows {
  const width = length + 1;
  const characters = new Int32Array(language.length * width);
  language.forEach((of, row) => {
    for (let at = 1; at < width; ) {
      for (const character of word(of)) if (at < width) characters[row * width + at++] = character;
    }
  });
  return { language, characters };
}
