import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients of tfjs-core's operations.
import '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { project } from '../../src/tensor/project.ts';
import { onEveryBackend } from '../backends.ts';

const values = [-2, -0.5, 0, 0.5, 2];

onEveryBackend(() => {
  test.each([
    { constraint: { min: -0.5 }, expected: [-0.5, -0.5, 0, 0.5, 2] },
    { constraint: { max: 0.25 }, expected: [-2, -0.5, 0, 0.25, 0.25] },
    { constraint: { min: 0, max: 1 }, expected: [0, 0, 0, 0.5, 1] },
    { constraint: {}, expected: values },
  ])('moves values into the box $constraint and lets the gradient through', ({ constraint, expected }) => {
    const x = tf.tensor1d(values);
    const { numTensors } = tf.memory();
    const inside = project(x, constraint);
    expect(tf.memory().numTensors).toBe(numTensors + 1);
    expect(Array.from(inside.dataSync())).toEqual(expected);
    const slopes = [1, 2, 3, 4, 5];
    const gradient = tf.tidy(() => tf.grad((a) => tf.sum(tf.mul(project(a, constraint), slopes)))(x));
    expect(Array.from(gradient.dataSync())).toEqual(slopes);
    tf.dispose([x, inside, gradient]);
    expect(tf.memory().numTensors).toBe(numTensors - 1);
  });

  test('is the value itself without a box', () => {
    const x = tf.scalar(1);
    expect(project(x, undefined)).toBe(x);
    x.dispose();
  });
});
