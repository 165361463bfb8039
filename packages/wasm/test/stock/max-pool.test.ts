import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { run, useWasm } from '../backend.ts';
import { numbers } from '../groups.ts';
import { useKernels } from '../kernels.ts';

beforeEach(useKernels);

const pair = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));

const anyPooling = fc.record({
  shape: fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 3, max: 8 }),
    fc.integer({ min: 3, max: 8 }),
    fc.integer({ min: 1, max: 9 }),
  ),
  filterSize: pair,
  strides: pair,
  pad: fc.constantFrom<'same' | 'valid' | number>('same', 'valid', 1),
  /** Few different numbers, so that many are the largest together. */
  levels: fc.constantFrom(2, 5, 1000),
  seed: fc.nat(),
});

test('gives each slope to the first largest number of its window', () => {
  fc.assert(
    fc.property(anyPooling, ({ shape, filterSize, strides, pad, levels, seed }) => {
      tf.tidy(() => {
        const values = numbers(tf.util.sizeFromShape(shape), seed, 'x').map((x) => Math.round(x * levels));
        const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, 'floor');
        const [, outHeight, outWidth, channels] = info.outShape as [number, number, number, number];
        const slopes = numbers(tf.util.sizeFromShape(info.outShape), seed, 'dy');
        const expected = new Float64Array(values.length);
        slopes.forEach((slope, out) => {
          const [d, c] = [out % channels, Math.floor(out / channels) % outWidth];
          const [r, n] = [
            Math.floor(out / channels / outWidth) % outHeight,
            Math.floor(out / channels / outWidth / outHeight),
          ];
          let largest = -1;
          for (let i = 0; i < filterSize[0]; i++)
            for (let j = 0; j < filterSize[1]; j++) {
              const row = r * strides[0] + i - info.padInfo.top;
              const column = c * strides[1] + j - info.padInfo.left;
              if (row < 0 || row >= shape[1] || column < 0 || column >= shape[2]) continue;
              const at = ((n * shape[1] + row) * shape[2] + column) * channels + d;
              if (largest < 0 || values[at]! > values[largest]!) largest = at;
            }
          if (largest >= 0) expected[largest] = expected[largest]! + slope;
        });
        const gradient = run<tf.Tensor>(
          'MaxPoolGrad',
          {
            dy: tf.tensor(slopes, info.outShape),
            input: tf.tensor(values, shape),
            output: tf.zeros(info.outShape),
          },
          { filterSize, strides, pad, dimRoundingMode: 'floor' },
        ).dataSync();
        expect(gradient).toHaveLength(expected.length);
        expected.forEach((value, i) => {
          expect(Math.abs(gradient[i]! - value)).toBeLessThan(1e-5);
        });
      });
    }),
    { numRuns: 200, seed: 1 },
  );
});

test.each([
  ['the first of equals', [2, 5, 5, 1], [0, 7, 0, 0]],
  ['the largest of negative numbers', [-3, -1, -2, -4], [0, 7, 0, 0]],
  ['no NaN', [Number.NaN, 1, 2, 3], [0, 0, 0, 7]],
  ['infinity', [1, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY], [0, 7, 0, 0]],
  [
    'the first where there is nothing else',
    [Number.NEGATIVE_INFINITY, Number.NaN, Number.NEGATIVE_INFINITY, Number.NaN],
    [7, 0, 0, 0],
  ],
] as const)('chooses %s', (_, window, expected) => {
  tf.tidy(() => {
    // The window four times and once more, so that both loops over channels see it.
    const wide = (values: readonly number[]) => values.flatMap((value) => new Array<number>(5).fill(value));
    const attributes = { filterSize: [2, 2], strides: [2, 2], pad: 'valid' };
    const input = tf.tensor4d(wide(window), [1, 2, 2, 5]);
    const output = tf.zeros([1, 1, 1, 5]);
    const gradient = run<tf.Tensor>(
      'MaxPoolGrad',
      { dy: tf.fill([1, 1, 1, 5], 7), input, output },
      attributes,
    );
    expect([...gradient.dataSync()]).toEqual(wide(expected));
  });
});

test('equals the gradient of the cpu backend', async () => {
  const values = numbers(6 * 7 * 5, 3, 'x');
  const gradient = () =>
    tf.tidy(() =>
      tf
        .grad((x) => tf.sum(tf.square(tf.maxPool(x as tf.Tensor4D, 3, 2, 'same'))))(
          tf.tensor4d(values, [1, 6, 7, 5]),
        )
        .dataSync(),
    );
  const here = gradient();
  await tf.setBackend('cpu');
  const there = gradient();
  await useWasm();
  here.forEach((value, i) => {
    expect(value).toBeCloseTo(there[i]!, 5);
  });
});
