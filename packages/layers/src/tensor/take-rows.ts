import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';
import { rowRange } from './gather-rows.ts';

/**
 * Consecutive rows of a matrix, with a gradient that does not slice: for experts that are layers of their own.
 *
 * The rows start, ..., end - 1 of x [S, D].
 */
export function takeRows(x_SD: tf.Tensor, start: number, end: number): tf.Tensor2D {
  const rows = x_SD.shape[0];
  if (start === 0 && end === rows) return x_SD as tf.Tensor2D;
  return withGradient([x_SD], {
    forward: ([x]) => rowRange(x!, start, end),
    backward: (dy) => [
      tf.pad(dy, [
        [start, rows - end],
        [0, 0],
      ]),
    ],
  }) as tf.Tensor2D;
}
