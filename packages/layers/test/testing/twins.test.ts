import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  assertNothingKept,
  assertSameGradients,
  assertSameValues,
  drawnInput,
  type Twins,
} from '../../src/testing/index.ts';
import '../backends.ts';

beforeAll(() => tf.setBackend('cpu'));

/** x² y, element by element. */
const sound: Twins = {
  inputs: [drawnInput([5], 1), drawnInput([5], 2)],
  tensor: (x, y) => tf.mul(tf.square(x as tf.Tensor), y as tf.Tensor),
  float64: (x, y) => (x as Float64Array).map((value, i) => value ** 2 * y![i]!),
};

test('twins pass', () => {
  expect(() => assertSameValues('square', sound)).not.toThrow();
  expect(() => assertSameGradients('square', sound)).not.toThrow();
});

test('an input may be the result', () => {
  const same: Twins = { ...sound, tensor: (x) => x as tf.Tensor, float64: (x) => x as Float64Array };
  expect(() => assertSameValues('identity', same)).not.toThrow();
});

describe('what differs is caught', () => {
  test('values', () => {
    const other: Twins = {
      ...sound,
      tensor: (x, y) => tf.mul(sound.tensor(x as tf.Tensor, y as tf.Tensor), 1.0001),
    };
    expect(() => assertSameValues('square', other)).toThrow(/^square: number 0 is /);
  });

  test('the number of values', () => {
    const fewer: Twins = { ...sound, float64: () => [1, 2] };
    expect(() => assertSameValues('square', fewer)).toThrow('square: 5 numbers instead of 2');
  });

  test('a gradient to one of the inputs', () => {
    const half = tf.customGrad((...args: unknown[]) => {
      const [x, save] = args as [tf.Tensor, tf.GradSaveFunc];
      save([x]);
      return {
        value: tf.square(x),
        gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => [tf.mul(dy, saved!)],
      };
    });
    const wrong: Twins = { ...sound, tensor: (x, y) => tf.mul(half(x as tf.Tensor), y as tf.Tensor) };
    expect(() => assertSameValues('square', wrong)).not.toThrow();
    expect(() => assertSameGradients('square', wrong)).toThrow(/^square: gradients: number \d is /);
  });

  test('a tensor that stays in memory', () => {
    let kept: tf.Tensor | undefined;
    const leak = () => {
      kept = tf.keep(tf.scalar(1));
    };
    expect(() => assertNothingKept('leak', leak)).toThrow('leak: 1 tensors stayed in memory');
    kept?.dispose();
  });
});
