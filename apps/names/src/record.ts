import type { Finished } from './contest.ts';
import { type Corpus, heldOutRows } from './corpus.ts';
import type { Language } from './languages.ts';

/** What a program needs beside the weights to use the model, and where the model comes from: `names.json`. */
export interface NamesRecord {
  /** The characters that the numbers from 0 mean; 0, the empty one, is the end of a word. */
  readonly characters: readonly string[];
  readonly languages: readonly Language[];
  /** Characters of a row in training. */
  readonly length: number;
  /** Of every language, the rows of length + 1 characters that networks are judged by. */
  readonly heldOut: readonly (readonly (readonly number[])[])[];
  /** Of the saved model. */
  readonly seed: number;
  /** Day of the run, as 2026-01-31. */
  readonly date: string;
  /** The command line that asks for the same again. */
  readonly command: string;
  /** Every training that came to its end, the saved model's too. */
  readonly trainings: readonly Finished[];
}

/** The record of a run, whose saved model is that of seed 1. */
export function recordOf(
  corpus: Corpus,
  trainings: readonly Finished[],
  run: { readonly judged: number; readonly length: number; readonly command: string; readonly day: Date },
): NamesRecord {
  const { judged, length, command, day } = run;
  const { characters, languages } = corpus;
  const { characters: numbers } = heldOutRows(corpus, judged, length);
  const width = length + 1;
  const row = (i: number) => Array.from(numbers.subarray(i * width, (i + 1) * width));
  const heldOut = languages.map((_, language) =>
    Array.from({ length: judged }, (_, i) => row(language * judged + i)),
  );
  const date = day.toISOString().slice(0, 10);
  return { characters, languages, length, heldOut, seed: 1, date, command, trainings };
}
