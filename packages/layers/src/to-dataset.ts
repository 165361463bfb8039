import * as tf from '@tensorflow/tfjs-core';
import { type Dataset, generator } from '@tensorflow/tfjs-data';
import {
  expectInteger,
  expectKnownOptions,
  expectNumber,
  expectOneOf,
  MoeError,
  stream,
} from '@tfjs-moe/core';

/** What `@tfjs-moe/datasets` returns for images. */
export interface LabelledImages {
  readonly size: number;
  /** [size, ...shape] grey levels from 0 to 255. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly shape: readonly number[];
}

/** Options of `toDataset`: batches, order and seed. */
export interface ToDatasetOptions {
  /** Rows per batch; the last batch may be smaller. Default 128. */
  readonly batchSize?: number;
  /** Number of classes. Default: the largest label plus 1. */
  readonly classes?: number;
  /** Seed of the order; without it the order is that of the arrays. */
  readonly seed?: number;
  /** Whether images come as rows [B, pixels] or as pictures [B, ...shape, 1]. Default `rows`. */
  readonly as?: 'rows' | 'pictures';
}

/** A batch. */
export type Batch = { xs: tf.Tensor; ys: tf.Tensor };

/**
 * Labelled images as a `tf.data.Dataset` of batches, for `fitDataset` and `evaluateDataset`.
 *
 * Pixels are scaled to [0, 1], labels become one-hot rows. Every pass over the data is shuffled anew by the seed, so that
 * the same seed gives the same epochs. Needs `@tensorflow/tfjs-data`, which `@tensorflow/tfjs` brings along.
 */
export function toDataset(data: LabelledImages, options: ToDatasetOptions = {}): Dataset<Batch> {
  const who = 'toDataset';
  expectKnownOptions(who, options, ['batchSize', 'classes', 'seed', 'as']);
  const { images, labels, shape, size } = data;
  const pixels = shape.reduce((product, length) => product * length, 1);
  if (images.length !== size * pixels || labels.length !== size) {
    throw new MoeError(who, `${size} images of ${pixels} pixels need as many pixels and labels`, {
      images: images.length,
      labels: labels.length,
    });
  }
  const batchSize = expectInteger(who, 'batchSize', options.batchSize ?? 128, { min: 1 });
  const largest = labels.reduce((most, label) => Math.max(most, label), 0);
  const classes = expectInteger(who, 'classes', options.classes ?? largest + 1, { min: largest + 1 });
  const seed = options.seed === undefined ? undefined : expectNumber(who, 'seed', options.seed);
  const as = expectOneOf(who, 'as', options.as ?? 'rows', ['rows', 'pictures']);
  let epoch = 0;

  function batch(rows: Uint32Array): Batch {
    const xs = new Float32Array(rows.length * pixels);
    const ys = new Float32Array(rows.length * classes);
    rows.forEach((row, i) => {
      for (let p = 0; p < pixels; p++) xs[i * pixels + p] = images[row * pixels + p]! / 255;
      ys[i * classes + labels[row]!] = 1;
    });
    const outer = as === 'pictures' ? [rows.length, ...shape, 1] : [rows.length, pixels];
    return { xs: tf.tensor(xs, outer), ys: tf.tensor2d(ys, [rows.length, classes]) };
  }

  function* batches(): Generator<Batch, void, unknown> {
    const order =
      seed === undefined
        ? Uint32Array.from({ length: size }, (_, i) => i)
        : stream(seed, 'toDataset', epoch++).permutation(size);
    for (let start = 0; start < size; start += batchSize)
      yield batch(order.subarray(start, start + batchSize));
  }
  return generator(batches);
}
