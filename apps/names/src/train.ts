import * as tf from '@tensorflow/tfjs';
import { stream } from '@tfjs-moe/core';
import { adamW, compileSparse, sparseCrossEntropy } from '@tfjs-moe/transformer';
import { type Corpus, drawnRows, heldOutRows, type Rows } from './corpus.ts';
import { buildModel, type NetworkName, type Sizes } from './model.ts';

/** How long and on what a network is trained. */
export interface Training {
  readonly corpus: Corpus;
  readonly sizes: Sizes;
  readonly steps: number;
  readonly batch: number;
  readonly length: number;
  readonly seed: number;
  /** Rows of each language that it is judged by. */
  readonly judged: number;
  readonly signal: AbortSignal;
  /** Called after every step, with the loss in bits per character. */
  readonly progress: (step: number, bits: number) => void;
}

/** What training made. */
export interface Trained {
  readonly model: tf.LayersModel;
  readonly steps: number;
  /** Bits per held-out character, a mean over the languages; and of each. */
  readonly bits: number;
  readonly bitsOfLanguage: readonly number[];
  /** Seconds of the processor that the steps took: what else runs on the machine counts for less than in time. */
  readonly seconds: number;
  /** Of a step, the median: the first steps compile. */
  readonly secondsOfStep: number;
}

const [PEAK, WARM_UP] = [3e-3, 50];

/** Up in a straight line, then down along a cosine to a tenth. */
export function learningRate(step: number, steps: number): number {
  const warmUp = Math.min(WARM_UP, steps / 4);
  if (step < warmUp) return (PEAK * (step + 1)) / (warmUp + 1);
  const done = (step - warmUp) / Math.max(1, steps - warmUp);
  return PEAK * (0.1 + 0.45 * (1 + Math.cos(Math.PI * done)));
}

/** Trains one network; both see the same rows in the same order under one seed. */
export async function train(network: NetworkName, training: Training): Promise<Trained> {
  const { corpus, sizes, batch, length, seed, signal } = training;
  const model = buildModel(network, sizes, seed);
  const optimizer = adamW({ weightDecay: 0.02, clip: 1 });
  compileSparse(model, { optimizer });
  const random = stream(seed, 'names/rows');
  const times: number[] = [];
  let steps = 0;
  for (; steps < training.steps && !signal.aborted; steps++) {
    optimizer.setLearningRate(learningRate(steps, training.steps));
    const [x, y] = tensorsOf(drawnRows(corpus, batch, length, random), length);
    const before = process.cpuUsage();
    const loss = (await model.trainOnBatch(x, y)) as number;
    times.push(secondsSince(before));
    tf.dispose([x, y]);
    training.progress(steps + 1, loss / Math.LN2);
    // Lets pending events in, Ctrl-C above all.
    await new Promise((resolve) => setImmediate(resolve));
  }
  optimizer.dispose();
  const bitsOfLanguage = bitsOf(model, corpus, training.judged, length);
  const seconds = times.reduce((sum, time) => sum + time, 0);
  const secondsOfStep = times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
  return { model, steps, bits: mean(bitsOfLanguage), bitsOfLanguage, seconds, secondsOfStep };
}

/** Bits per held-out character of each language. */
function bitsOf(model: tf.LayersModel, corpus: Corpus, judged: number, length: number): number[] {
  const { language, characters } = heldOutRows(corpus, judged, length);
  const size = judged * (length + 1);
  return corpus.languages.map((_, i) => {
    const own = { language, characters: characters.subarray(i * size, (i + 1) * size) };
    return tf.tidy(() => {
      const [x, y] = tensorsOf(own, length);
      return sparseCrossEntropy(y, model.predictOnBatch(x) as tf.Tensor).dataSync()[0]! / Math.LN2;
    });
  });
}

/** Characters [rows, length], and the ones after them [rows, length, 1]. */
export function tensorsOf(
  { characters }: Pick<Rows, 'characters'>,
  length: number,
): [tf.Tensor2D, tf.Tensor3D] {
  const rows = characters.length / (length + 1);
  const [x, y] = [new Int32Array(rows * length), new Int32Array(rows * length)];
  for (let row = 0; row < rows; row++) {
    const from = row * (length + 1);
    x.set(characters.subarray(from, from + length), row * length);
    y.set(characters.subarray(from + 1, from + 1 + length), row * length);
  }
  return [tf.tensor2d(x, [rows, length], 'int32'), tf.tensor3d(y, [rows, length, 1], 'int32')];
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** The mean of some numbers. */
export function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}
