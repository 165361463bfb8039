import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takeRows } from '../../src/tensor/take-rows.ts';
import { assertSameGradients, assertSameValues, drawnInput, type Twins } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';

function twinsOf(rows: number, features: number, start: number, end: number): Twins {
  return {
    inputs: [drawnInput([rows, features], 1)],
    tensor: (x) => takeRows(x as tf.Tensor, start, end),
    float64: (x) => (x as Float64Array).slice(start * features, end * features),
  };
}

const range = fc
  .record({
    rows: fc.integer({ min: 1, max: 7 }),
    features: fc.integer({ min: 1, max: 3 }),
    a: fc.nat(),
    b: fc.nat(),
  })
  .map(({ rows, features, a, b }) => {
    const start = a % rows;
    return { rows, features, start, end: start + 1 + (b % (rows - start)) };
  });

onEveryBackend(() => {
  test('takes the rows, and its gradient is zero elsewhere', () => {
    fc.assert(
      fc.property(range, ({ rows, features, start, end }) => {
        const twins = twinsOf(rows, features, start, end);
        assertSameValues(`rows ${start} to ${end} of ${rows}`, twins);
        assertSameGradients(`rows ${start} to ${end} of ${rows}`, twins);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  test('leaves one tensor, its result', () => {
    const x = tf.ones([5, 2]);
    const { numTensors } = tf.memory();
    const taken = takeRows(x, 1, 3);
    expect(tf.memory().numTensors).toBe(numTensors + 1);
    tf.dispose([x, taken]);
  });
});
