import * as tf from '@tensorflow/tfjs';
import { type RoutedModel, routeModel } from '@tfjs-moe/transformer';
import { type Corpus, heldOutRows } from './corpus.ts';
import { tensorsOf } from './train.ts';

/** What each character is: itself, its language and script, where in its word it stands, and where in the row. */
export type Labelling = 'character' | 'language' | 'script' | 'place in word' | 'position';
export const labellings: readonly Labelling[] = [
  'character',
  'language',
  'script',
  'place in word',
  'position',
];

/** The routing of held-out characters; the end of a word counts as a character of its language. */
export async function routingOf(
  model: tf.LayersModel,
  corpus: Corpus,
  { judged, length }: { readonly judged: number; readonly length: number },
): Promise<RoutedModel> {
  const rows = heldOutRows(corpus, judged, length);
  const [x, y] = tensorsOf(rows, length);
  const at = Array.from(x.dataSync());
  const language = at.map((_, i) => corpus.languages[rows.language[Math.floor(i / length)]!]!);
  const labels: Record<Labelling, (string | number)[]> = {
    character: at.map((number) => corpus.characters[number] || 'end'),
    language: language.map(({ name }) => name),
    script: language.map(({ script }) => script),
    'place in word': at.map((_, i) => placeOf(at, i, length)),
    position: at.map((_, i) => i % length),
  };
  try {
    return await routeModel(model, x, { labels });
  } finally {
    tf.dispose([x, y]);
  }
}

function placeOf(at: readonly number[], i: number, length: number): string {
  if (at[i] === 0) return 'end';
  if (at[i - 1] === 0) return 'first';
  const isLast = (i + 1) % length !== 0 && at[i + 1] === 0;
  return isLast ? 'last' : 'inside';
}
