import * as tf from '@tensorflow/tfjs-core';
import { stream } from '@tfjs-moe/core';
import { assertNothingKept, centralDifferences } from '@tfjs-moe/layers/testing';
import { describe, expect, test } from 'vitest';
import { sparseCrossEntropy } from '../src/index.ts';
import { rowsOf } from './arrays.ts';
import { onBackends } from './on-backends.ts';

const random = stream(1, 'logits');
const logits = Float64Array.from({ length: 2 * 3 * 4 }, () => Math.fround(3 * random.normal()));
const labels = [0, 3, -1, 2, 2, -1];
const tensorOf = (values: ArrayLike<number>) => tf.tensor3d(Float32Array.from(values), [2, 3, 4]);
const labelTensor = (dtype: 'int32' | 'float32', shape: number[]) => tf.tensor(labels, shape, dtype);

/** One row at a time, in float64. */
function oracle(values: ArrayLike<number>): number {
  const losses = rowsOf(values, 4).flatMap((row, i) => {
    if (labels[i]! < 0) return [];
    const most = Math.max(...row);
    return [most + Math.log(row.reduce((sum, z) => sum + Math.exp(z - most), 0)) - row[labels[i]!]!];
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

onBackends(() => {
  test.each([
    ['int32', [2, 3]],
    ['float32', [2, 3]],
    ['int32', [2, 3, 1]],
  ] as const)('is what plain arrays say, for labels of %s %j', (dtype, shape) => {
    const loss = sparseCrossEntropy(labelTensor(dtype, [...shape]), tensorOf(logits));
    expect(loss.dataSync()[0]).toBeCloseTo(oracle(logits), 5);
    expect(loss.shape).toEqual([]);
  });

  test('its gradient is that of central differences, and 0 where nothing counts', () => {
    const moved = logits.slice();
    const expected = centralDifferences(() => oracle(moved), moved);
    const actual = tf
      .grad((z) => sparseCrossEntropy(labelTensor('int32', [2, 3]), z))(tensorOf(logits))
      .dataSync();
    actual.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
    expect(rowsOf(actual, 4)[2]!.every((value) => Math.abs(value) === 0)).toBe(true);
  });

  test('logits of any size, minus infinity included, give finite losses', () => {
    const one = (row: number[], label: number) =>
      sparseCrossEntropy(tf.tensor1d([label], 'int32'), tf.tensor2d([row]));
    expect(one([1e30, -1e30, 0], 0).dataSync()[0]).toBe(0);
    expect(one([0, 0, Number.NEGATIVE_INFINITY], 1).dataSync()[0]).toBeCloseTo(Math.log(2), 6);
  });

  test('a label that is no class, or logits of NaN, make it NaN', () => {
    const loss = (label: number, z: number, dtype: 'int32' | 'float32' = 'int32') =>
      sparseCrossEntropy(tf.tensor1d([label], dtype), tf.tensor2d([[z, 0]])).dataSync()[0];
    expect(loss(2, 0)).toBeNaN();
    for (const label of [Number.NaN, 0.5, -0.5, Number.POSITIVE_INFINITY])
      expect(loss(label, 0, 'float32')).toBeNaN();
    expect(loss(0, Number.NaN)).toBeNaN();
    expect(loss(-1, Number.NaN)).toBe(0);
  });

  test('NaN where nothing counts reaches no gradient', () => {
    const holes = logits.map((value, i) => (labels[Math.floor(i / 4)]! < 0 ? Number.NaN : value));
    const slope = tf
      .grad((z) => sparseCrossEntropy(labelTensor('int32', [2, 3]), z))(tensorOf(holes))
      .dataSync();
    expect(slope.every(Number.isFinite)).toBe(true);
  });

  test('nothing stays in memory', () => {
    assertNothingKept('a loss and its gradient', () => {
      tf.tidy(
        () => void tf.grad((z) => sparseCrossEntropy(labelTensor('int32', [2, 3]), z))(tensorOf(logits)),
      );
    });
  });
});

describe('sparseCrossEntropy', () => {
  test('refuses labels that are not one per row of logits', () => {
    const refused = () => sparseCrossEntropy(tf.zeros([2, 4]), tf.zeros([2, 3, 4]));
    expect(refused).toThrow(
      '[tfjs-moe] sparseCrossEntropy: labels must have the axes [2, 3] of the logits. Received: [2,4]',
    );
  });
});
