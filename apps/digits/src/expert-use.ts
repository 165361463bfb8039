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

/** Who is sent what. */
interface Tally {
  /** Images of each digit sent to each expert; under a dense gate, the expert's share of their weight. */
  readonly sent: number[][];
  /** Images of each digit. */
  readonly images: number[];
  /** Expert with the largest weight for each image. */
  readonly first: Uint16Array;
}

export async function expertUse(
  { layer, features, expertsPerImage }: Pick<Networks, 'layer' | 'features' | 'expertsPerImage'>,
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
    const shares =
      expertsPerImage === experts ? sharesOf(await weights.data(), experts) : await selected.data();
    count(tally, data, rows, shares, await weights.data());
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
  shares: ArrayLike<number>,
  weights: ArrayLike<number>,
): void {
  const experts = sent.length;
  rows.forEach((row, i) => {
    const digit = labels[row]!;
    images[digit]! += 1;
    for (let expert = 0; expert < experts; expert++) {
      const pair = i * experts + expert;
      sent[expert]![digit]! += shares[pair]!;
      if (weights[pair]! > weights[i * experts + first[row]!]!) first[row] = expert;
    }
  });
}

/** Weights over their sum for each image: those of sigmoid gates do not sum to 1. */
function sharesOf(weights: ArrayLike<number>, experts: number): Float64Array {
  const shares = Float64Array.from(weights);
  for (let start = 0; start < shares.length; start += experts) {
    const image = shares.subarray(start, start + experts);
    const sum = image.reduce((total, weight) => total + weight, 0);
    if (sum > 0) for (let e = 0; e < experts; e++) image[e]! /= sum;
  }
  return shares;
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
