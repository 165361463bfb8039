import * as tf from '@tensorflow/tfjs';
import { stream } from '@tfjs-moe/core';
import { type Corpus, heldOutRows } from './corpus.ts';
import { draw } from './draw.ts';

/** Below 1, likely characters are taken more often than the model says. */
const TEMPERATURE = 0.8;
/** Characters of held-out words that a sample begins with, since nothing else tells the model which language is meant. */
const PROMPT = 31;

/** New words of every language, written one character of all languages at a time. */
export async function samplesOf(
  model: tf.LayersModel,
  corpus: Corpus,
  { length, seed, words }: { readonly length: number; readonly seed: number; readonly words: number },
): Promise<string[][]> {
  const random = stream(seed, 'names/samples');
  const texts = corpus.languages.map((_, language) => {
    const { characters } = heldOutRows(corpus, 1, PROMPT);
    const prompt = Array.from(characters.subarray(language * (PROMPT + 1), (language + 1) * (PROMPT + 1)));
    return [...prompt.slice(0, prompt.lastIndexOf(0, PROMPT) + 1)];
  });
  const starts = texts.map((text) => text.length);
  // A word has ten characters or so; who has not ended by then is cut off.
  for (let step = 0; step < 10 * words; step++) {
    // What stands behind a text changes nothing before it, so short ones are filled up.
    const windows = texts.map((text) => text.slice(-length));
    const width = Math.max(...windows.map((window) => window.length));
    const filled = windows.map((window) => [...window, ...new Array<number>(width - window.length).fill(0)]);
    const ends = windows.map((window, i) => [i, window.length - 1]);
    const next = tf.tidy(() => {
      const logits = model.predictOnBatch(tf.tensor2d(filled, [texts.length, width], 'int32')) as tf.Tensor;
      const ofEnds = tf.gatherND(logits, tf.tensor2d(ends, [texts.length, 2], 'int32'));
      return tf.softmax(tf.div(ofEnds, TEMPERATURE) as tf.Tensor2D);
    });
    const shares = (await next.array()) as number[][];
    next.dispose();
    texts.forEach((text, i) => {
      text.push(draw(shares[i]!, random));
    });
  }
  return texts.map((text, i) => wordsIn(corpus, text.slice(starts[i])).slice(0, words));
}

function wordsIn({ characters }: Corpus, text: readonly number[]): string[] {
  const written = text.map((number) => (number === 0 ? '\n' : characters[number]!)).join('');
  return written
    .normalize('NFC')
    .split('\n')
    .filter((word) => word.length > 0);
}
