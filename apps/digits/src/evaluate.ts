/**
 * How well a network does on images that it has not seen.
 */
import * as tf from '@tensorflow/tfjs';
import type { MnistSplit } from '@tfjs-moe/datasets/mnist';
import { DIGITS, imageTensor, rowRanges } from './batches.ts';

export interface Evaluation {
  readonly size: number;
  readonly right: number;
  /** 1 where the answer is right, image by image. */
  readonly hits: Uint8Array;
  /** Share of right answers. */
  readonly accuracy: number;
  /** Mean cross-entropy. */
  readonly loss: number;
}

const BATCH = 1_000;

/** Class probabilities of every image of a split: [size * 10]. */
export async function probabilities(model: tf.LayersModel, data: MnistSplit): Promise<Float32Array> {
  const all = new Float32Array(data.size * DIGITS);
  for (const rows of rowRanges(data.size, BATCH)) {
    const output = tf.tidy(() => model.predictOnBatch(imageTensor(data, rows)) as tf.Tensor);
    all.set(await output.data(), rows[0]! * DIGITS);
    output.dispose();
  }
  return all;
}

/** Scores class probabilities against the labels; the first of equal probabilities wins. */
export function evaluate(all: Float32Array, { labels, size }: MnistSplit): Evaluation {
  const hits = new Uint8Array(size);
  let loss = 0;
  for (let row = 0; row < size; row++) {
    const one = all.subarray(row * DIGITS, (row + 1) * DIGITS);
    const label = labels[row]!;
    if (one.indexOf(Math.max(...one)) === label) hits[row] = 1;
    loss -= Math.log(Math.max(one[label]!, Number.MIN_VALUE));
  }
  const right = hits.reduce((sum, hit) => sum + hit, 0);
  return { size, right, hits, accuracy: right / size, loss: loss / size };
}

/** The largest difference between two lists of numbers; NaN differs from everything. */
export function largestDifference(one: Float32Array, two: Float32Array): number {
  let largest = one.length === two.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < one.length; i++) {
    const difference = Math.abs(one[i]! - two[i]!);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
