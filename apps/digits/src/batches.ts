/**
 * Batches of digits as tensors, in an order that the seed decides.
 *
 * `fit` shuffles with Math.random, which has no seed; here the order of an epoch is a function of seed and epoch.
 */
import * as tf from '@tensorflow/tfjs';
import { type Stream, stream } from '@tfjs-moe/core';
import type { MnistSplit } from '@tfjs-moe/datasets/mnist';

/** Number of classes. */
export const DIGITS = 10;
/** Grey levels per image. */
export const PIXELS: number = 28 * 28;
/** Pixels per row, and rows. */
export const SIDE = 28;

/** The rows of each batch of an epoch; every image once, the last batch may be smaller. */
export function* epochBatches(
  size: number,
  batch: number,
  seed: number,
  epoch: number,
): Generator<Uint32Array> {
  const order = stream(seed, 'digits/epoch', epoch).permutation(size);
  for (let start = 0; start < size; start += batch) yield order.subarray(start, start + batch);
}

/** The rows of consecutive batches, in order. */
export function* rowRanges(size: number, batch: number): Generator<Uint32Array> {
  for (let start = 0; start < size; start += batch) {
    yield Uint32Array.from({ length: Math.min(batch, size - start) }, (_, i) => start + i);
  }
}

/** Images of the given rows as [rows, 784] numbers from 0 (paper) to 1 (ink). */
export function imageTensor({ images }: MnistSplit, rows: Uint32Array): tf.Tensor2D {
  const values = new Float32Array(rows.length * PIXELS);
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * PIXELS;
    for (let pixel = 0; pixel < PIXELS; pixel++) values[i * PIXELS + pixel] = images[start + pixel]! / 255;
  }
  return tf.tensor2d(values, [rows.length, PIXELS]);
}

/**
 * The same for training, each image moved by at most one pixel across and one down: it shows the same digit, and a
 * network that never sees the very same pixels twice cannot learn them by heart.
 */
export function shiftedImageTensor({ images }: MnistSplit, rows: Uint32Array, random: Stream): tf.Tensor2D {
  const values = new Float32Array(rows.length * PIXELS);
  for (let i = 0; i < rows.length; i++) {
    const [right, down] = [random.integer(3) - 1, random.integer(3) - 1];
    const image = images.subarray(rows[i]! * PIXELS, (rows[i]! + 1) * PIXELS);
    const [firstRow, lastRow] = [Math.max(0, down), Math.min(SIDE, SIDE + down)];
    const [firstColumn, lastColumn] = [Math.max(0, right), Math.min(SIDE, SIDE + right)];
    for (let row = firstRow; row < lastRow; row++) {
      for (let column = firstColumn; column < lastColumn; column++) {
        const from = (row - down) * SIDE + column - right;
        values[i * PIXELS + row * SIDE + column] = image[from]! / 255;
      }
    }
  }
  return tf.tensor2d(values, [rows.length, PIXELS]);
}

/** Labels of the given rows as [rows, 10] numbers: 1 at the digit, else 0. */
export function labelTensor({ labels }: MnistSplit, rows: Uint32Array): tf.Tensor2D {
  const values = new Float32Array(rows.length * DIGITS);
  for (let i = 0; i < rows.length; i++) values[i * DIGITS + labels[rows[i]!]!] = 1;
  return tf.tensor2d(values, [rows.length, DIGITS]);
}
