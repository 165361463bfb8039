/** What the page shows before its reader has typed: some names, routed while the site is built. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelOf, type NamesFile, type Routed, routed } from './model.ts';

const TEXT = 'müller, nguyễn, иванов';

export interface BuiltNames extends Pick<NamesFile, 'languages' | 'seed' | 'date' | 'bits' | 'trainings'> {
  readonly text: string;
  readonly routed: Routed;
  readonly bytes: number;
}

export async function builtNames(): Promise<BuiltNames> {
  const read = (name: string) => readFileSync(join(import.meta.dirname, name));
  const file = JSON.parse(read('model.json').toString()) as NamesFile;
  const weights = read('weights.bin');
  const model = await modelOf(file, weights);
  const { languages, seed, date, bits, trainings } = file;
  const shown = thinned(await routed(model, file, TEXT));
  model.dispose();
  return { languages, seed, date, bits, trainings, text: TEXT, routed: shown, bytes: weights.length };
}

/** Digits beyond what is seen would only make the page longer. */
function thinned({ experts, characters, next, unknown }: Routed): Routed {
  const short = (value: number) => Number(value.toFixed(2)) + 0;
  return {
    experts,
    unknown,
    next: next.map(({ text, share }) => ({ text, share: short(share) })),
    characters: characters.map(({ text, bits, choices }) => ({
      text,
      bits: bits === undefined ? undefined : short(bits),
      choices: choices.map((row) => row.map(({ expert, weight }) => ({ expert, weight: short(weight) }))),
    })),
  };
}
