/** The messages on the page of errors are messages that the packages give. */
import * as tf from '@tensorflow/tfjs';
import {
  ffn,
  hierarchical,
  loadLoss,
  MixtureOfExperts,
  type MixtureOfExpertsArgs,
  mixtureOfExperts,
  topK,
} from 'tfjs-moe';
import { beforeAll, expect, test } from 'vitest';
import { textOf } from './pages.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const x = tf.zeros([2, 3]);
const layer = (args: Partial<MixtureOfExpertsArgs>) =>
  mixtureOfExperts({ experts: 4, gate: 'topK', expert: 'linear', units: 1, inputShape: [3], ...args });

const mistakes: (() => unknown)[] = [
  () => layer({ gate: 'nobody' }),
  () => layer({ gate: topK({ k: 5 }) }),
  () => layer({ gate: hierarchical({ groups: 3 }) }),
  () => layer({ dispatch: 'capacity' }),
  () => layer({ dispatch: 'dense', capacity: 3 }),
  () => tf.tidy(() => layer({ balance: [loadLoss()] }).apply(x, { training: true }) as tf.Tensor),
  () => {
    const moe = layer({});
    moe.apply(x);
    moe.apply(tf.zeros([2, 4]));
  },
  () => {
    const moe = layer({});
    moe.apply(x);
    moe.weights[0]!.write(tf.zeros([1]));
  },
  () =>
    MixtureOfExperts.fromConfig(MixtureOfExperts as never, { ...layer({}).getConfig(), formatVersion: 99 }),
  () => layer({ gate: topK({ k: null as never }) }),
  () => layer({ expert: ffn({ hiddenUnits: 4, activation: 'elu' as never }) }),
  () => {
    const { experts: _, ...config } = layer({}).getConfig();
    return MixtureOfExperts.fromConfig(MixtureOfExperts as never, config);
  },
  () => layer({}).apply(tf.tensor2d([['a', 'b', 'c']])),
  () => layer({ nonFinite: 'throw' }).apply(tf.fill([2, 3], Number.NaN)),
  () => layer({ gate: topK({ weightScale: 1e300 }) }),
];

/** What the page says, as patterns: a dot stands for what varies. */
const rows = [...textOf('guide/errors.md').matchAll(/^\| `([^`]+)` \|/gm)].map(([, words = '']) => words);

test.each(rows.filter((words) => !words.includes('needs the kernels of')))('%s', (words) => {
  const pattern = new RegExp(words.split('…').map(escaped).join('.+'));
  expect(mistakes.map(message).some((text) => pattern.test(text))).toBe(true);
});

test('each of these mistakes is on the page', () => {
  expect(mistakes.length).toBe(rows.length - 1);
});

function message(mistake: () => unknown): string {
  try {
    mistake();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
