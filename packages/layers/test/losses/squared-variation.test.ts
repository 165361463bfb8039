import * as tf from '@tensorflow/tfjs-core';
import { arrayGateOps, arrayTable, stream } from '@tfjs-moe/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokenOps } from '../../src/interpretation/token-ops.ts';
import { squaredVariation, type Variance } from '../../src/losses/squared-variation.ts';
import { assertSameGradients, assertSameValues, type Twins } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';

const positive = fc.double({ min: 0.1, max: 10, noNaN: true });
const loads = fc.array(positive, { minLength: 2, maxLength: 6 });

/** The textbook formula. */
function naive(values: ArrayLike<number>, variance: Variance): number {
  const numbers = Array.from(values);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return squares / (variance === 'sample' ? numbers.length - 1 : numbers.length) / mean ** 2;
}

const onArrays = (row: number[], variance: Variance) =>
  squaredVariation(arrayGateOps(), arrayTable([row]), row.length, variance).data[0]!;

describe.each(['population', 'sample'] as const)('%s', (variance) => {
  test('is variance over squared mean', () => {
    fc.assert(
      fc.property(loads, (row) => {
        expect(onArrays(row, variance)).toBeCloseTo(naive(row, variance), 5);
      }),
      { seed: 1 },
    );
  });

  test('does not depend on the scale', () => {
    const row = [1, 2, 5];
    expect(
      onArrays(
        row.map((load) => 1000 * load),
        variance,
      ),
    ).toBeCloseTo(onArrays(row, variance), 8);
  });

  test('is 0 and not NaN without any load', () => {
    expect(onArrays([0, 0, 0], variance)).toBe(0);
  });

  test('is 0 for one expert', () => {
    expect(onArrays([7], variance)).toBe(0);
  });

  onEveryBackend(() => {
    test('is the same on tensors, gradient included', () => {
      const twins = (row: readonly number[]): Twins => ({
        inputs: [{ shape: [1, row.length, 1], data: row }],
        tensor: (loads_1E1) =>
          tf.reshape(
            squaredVariation(tokenOps({ random: stream(0) }), loads_1E1 as tf.Tensor, row.length, variance),
            [1],
          ),
        float64: (values) => [naive(values as Float64Array, variance)],
      });
      for (const row of [
        [1, 2],
        [3, 1, 2, 0.5],
        [2, 2, 2.5],
      ]) {
        assertSameValues(`loads ${row}`, twins(row));
        assertSameGradients(`loads ${row}`, twins(row));
      }
    });
  });
});

test('the sample variance is larger by E / (E - 1)', () => {
  fc.assert(
    fc.property(loads, (row) => {
      const factor = row.length / (row.length - 1);
      expect(onArrays(row, 'sample')).toBeCloseTo(factor * onArrays(row, 'population'), 10);
    }),
    { seed: 1 },
  );
});
