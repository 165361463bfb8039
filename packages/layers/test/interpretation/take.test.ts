import * as tf from '@tensorflow/tfjs-core';
import { arrayInput, arrayOps } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { expect, test } from 'vitest';
import { elementwise } from '../../src/interpretation/elementwise.ts';
import { onEveryBackend } from '../backends.ts';

const features = [4, 0, 0, 2];
const rows = drawnRows(3, 5, 1);

onEveryBackend(() => {
  test('take is that of the arrays, and what is not taken spreads nothing', () => {
    const broken = rows.map((row) => row.map((value, i) => (i === 1 ? Number.NaN : value)));
    const expected = arrayOps.take(arrayInput(broken), features).data;
    const taken = elementwise.take(tf.tensor(broken, [3, 1, 5]), features);
    expect(taken.shape).toEqual([3, 1, 4]);
    const numbers = taken.dataSync();
    expected.forEach((value, i) => {
      expect(numbers[i]).toBeCloseTo(value, 5);
    });
  });

  test('take hands gradients back to the features that it took, as often as it took them', () => {
    const weights = tf.tensor([1, 10, 100, 1000], [1, 1, 4]);
    const gradient = tf.grad((x) => tf.sum(tf.mul(elementwise.take(x, features), weights)));
    expect([...gradient(tf.tensor(rows, [3, 1, 5])).dataSync()]).toEqual(
      rows.flatMap(() => [110, 0, 1000, 0, 1]),
    );
  });
});
