import { setBackend } from '@tensorflow/tfjs';
import { stream } from '@tfjs-moe/core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  DIGITS,
  epochBatches,
  imageTensor,
  labelTensor,
  PIXELS,
  rowRanges,
  SIDE,
  shiftedImageTensor,
} from '../src/batches.ts';
import { sampleDigits } from './sample-digits.ts';

beforeAll(async () => {
  await setBackend('cpu');
});

describe('epochBatches', () => {
  test('gives every row once, in batches', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 40 }), (size, batch) => {
        const batches = [...epochBatches(size, batch, 1, 1)];
        expect(batches.flatMap((rows) => [...rows]).sort((a, b) => a - b)).toEqual([...Array(size).keys()]);
        expect(batches.length).toBe(Math.ceil(size / batch));
      }),
    );
  });

  test('gives an order that depends on seed and epoch alone', () => {
    const order = (seed: number, epoch: number) => [...epochBatches(50, 50, seed, epoch)].join();
    expect(order(1, 2)).toBe(order(1, 2));
    expect(order(1, 2)).not.toBe(order(1, 3));
    expect(order(1, 2)).not.toBe(order(2, 2));
  });
});

test('rowRanges gives every row once, in order', () => {
  expect([...rowRanges(5, 2)].map((rows) => [...rows])).toEqual([[0, 1], [2, 3], [4]]);
});

test('imageTensor scales to [0, 1]; labelTensor marks the digit', () => {
  const data = sampleDigits(12);
  const rows = new Uint32Array([11, 3]);
  const images = imageTensor(data, rows);
  expect(images.shape).toEqual([2, PIXELS]);
  const expected = Array.from(data.images.subarray(3 * PIXELS, 4 * PIXELS), (level) =>
    Math.fround(level / 255),
  );
  expect(Array.from(images.dataSync().subarray(PIXELS))).toEqual(expected);
  const labels = labelTensor(data, rows).arraySync();
  expect(labels.map((row) => row.indexOf(1))).toEqual([1, 3]);
  expect(labels.flat().reduce((sum, value) => sum + value, 0)).toBe(2);
});

test('shiftedImageTensor moves an image by at most one pixel and fills up with paper', () => {
  const data = sampleDigits(DIGITS);
  // A full frame loses ink at an edge; it must not come back in at the opposite one.
  data.images.fill(255, 0, PIXELS);
  const rows = new Uint32Array([0, 0, 0, 0, 0, 0, 0, 0, 7, 7, 7, 7]);
  const shifted = shiftedImageTensor(data, rows, stream(1, 'shift')).dataSync();
  const places = new Set<number>();
  rows.forEach((row, i) => {
    const image = shifted.subarray(i * PIXELS, (i + 1) * PIXELS);
    const ink = image.filter((value) => value > 0).length;
    if (row === 0) expect([SIDE * SIDE, SIDE * (SIDE - 1), (SIDE - 1) * (SIDE - 1)]).toContain(ink);
    else {
      expect(ink).toBe(15);
      places.add(image.findIndex((value) => value > 0));
    }
  });
  const home = (3 + 2 * 7) * SIDE + 5;
  for (const place of places) {
    expect([-SIDE, 0, SIDE].flatMap((down) => [-1, 0, 1].map((right) => home + down + right))).toContain(
      place,
    );
  }
  expect(places.size).toBeGreaterThan(1);
});
