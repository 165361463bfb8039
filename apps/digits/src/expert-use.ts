/**
 * What the experts do with a set of images: who takes which digits, and for whom which images stand.
 */
import * as tf from '@tensorflow/tfjs';
import { stream } from '@tfjs-moe/core';
import type { MnistSplit } from '@tfjs-moe/datasets/mnist';
import { DIGITS, imageTensor, PIXELS, rowRanges } from './batches.ts';
import type { Networks } from './model.ts';
import type { ExpertReport } from './report/report-data.ts';

const BATCH = 1_000;
/** Example images of each expert. */
const EXAMPLES = 24;

/** Who is sent what, as counts. */
interface Tally {
  /** Images of each digit sent to each expert. */
  readonly sent: number[][];
  /** Images of each digit. */
  readonly images: number[];
  /** Expert with the largest weight for each image. */
  readonly first: Uint16Array;
}

export async function expertUse(
  { layer, features }: Pick<Networks, 'layer' | 'features'>,
  experts: number,
  data: MnistSplit,
  seed: number,
): Promise<ExpertReport[]> {
  const tally: Tally = {
    sent: Array.from({ length: experts }, () => new Array<number>(DIGITS).fill(0)),
    images: new Array<number>(DIGITS).fill(0),
    first: new Uint16Array(data.size),
  };
  for (const rows of rowRanges(data.size, BATCH)) {
    const [selected, weights] = tf.tidy(() => {
      const plan = layer.route(features.predictOnBatch(imageTensor(data, rows)) as tf.Tensor);
      return [plan.selected_TE, plan.weights_TE];
    });
    count(tally, data, rows, await selected.data(), await weights.data());
    tf.dispose([selected, weights]);
  }
  const all = tally.sent.flat().reduce((sum, value) => sum + value, 0);
  const order = stream(seed, 'digits/examples').permutation(data.size);
  return tally.sent.map((digits, expert) => ({
    load: all === 0 ? 0 : digits.reduce((sum, value) => sum + value, 0) / all,
    shareOfDigit: digits.map((sent, digit) => (sent === 0 ? 0 : sent / tally.images[digit]!)),
    examples: examplesOf(expert, tally.first, order, data),
  }));
}

function count(
  { sent, images, first }: Tally,
  { labels }: MnistSplit,
  rows: Uint32Array,
  selected: ArrayLike<number>,
  weights: ArrayLike<number>,
): void {
  const experts = sent.length;
  rows.forEach((row, i) => {
    const digit = labels[row]!;
    images[digit]! += 1;
    for (let expert = 0; expert < experts; expert++) {
      const pair = i * experts + expert;
      if (selected[pair] !== 0) sent[expert]![digit]! += 1;
      if (weights[pair]! > weights[i * experts + first[row]!]!) first[row] = expert;
    }
  });
}

/** The first images of a random order that the expert has the main say in, sorted by digit. */
function examplesOf(
  expert: number,
  first: Uint16Array,
  order: Uint32Array,
  { images, labels }: MnistSplit,
): Uint8Array {
  const rows = order.filter((row) => first[row] === expert).subarray(0, EXAMPLES);
  const sorted = Array.from(rows).sort((a, b) => labels[a]! - labels[b]!);
  const examples = new Uint8Array(sorted.length * PIXELS);
  sorted.forEach((row, i) => {
    examples.set(images.subarray(row * PIXELS, (row + 1) * PIXELS), i * PIXELS);
  });
  return examples;
}
