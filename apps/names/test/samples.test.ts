import * as tf from '@tensorflow/tfjs';
import { useBackend } from 'app-frame';
import { expect, test } from 'vitest';
import { corpusOf } from '../src/corpus.ts';
import { languages } from '../src/languages.ts';
import { samplesOf } from '../src/samples.ts';
import { wordsOf } from '../src/words.ts';

test('a sample goes on in the language that its words begin with, however long those are', async () => {
  await useBackend('test', 'wasm');
  const shown = languages.filter(({ locale }) => ['el', 'th', 'ka_GE'].includes(locale));
  const corpus = corpusOf(shown, wordsOf);
  // Repeats the character before, unless a word has ended: then the one before that.
  const predictOnBatch = (x: tf.Tensor2D) => {
    const rows = x.arraySync().map((row) => row.map((number, at) => number || row[at - 1] || 0));
    const characters = corpus.characters.length;
    return tf.tensor3d(
      rows.map((row) =>
        row.map((number) => Array.from({ length: characters }, (_, i) => (i === number ? 99 : 0))),
      ),
    );
  };
  const samples = await samplesOf({ predictOnBatch } as never, corpus, { length: 32, seed: 1, words: 1 });
  const all: Readonly<Record<string, RegExp>> = {
    Greek: /^\p{Script=Greek}+$/u,
    Thai: /^\p{Script=Thai}+$/u,
    Georgian: /^\p{Script=Georgian}+$/u,
  };
  shown.forEach(({ script }, i) => {
    expect(samples[i]).toHaveLength(1);
    expect(samples[i]![0]).toMatch(all[script]!);
  });
});
