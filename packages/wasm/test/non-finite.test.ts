/** What NaN and infinities do in every kernel: what they do in tfjs, and nothing to numbers that do not depend on them. */

import * as tf from '@tensorflow/tfjs-core';
import {
  COMBINE_ROWS,
  COMBINE_ROWS_GRADIENT,
  GATHER_ROWS,
  GROUPED_MAT_MUL,
  GROUPED_MAT_MUL_KERNEL_GRADIENT,
  SORT_BY_EXPERT,
  SUM_GROUPS,
  SUM_ROWS,
  TOP_K_MASKS,
} from '@tfjs-moe/core/kernels';
import { beforeEach, describe, expect, test } from 'vitest';
import { register, unregister } from '../src/index.ts';
import { examples, missing, operands, replaced, results } from './examples.ts';
import { useKernels } from './kernels.ts';

beforeEach(useKernels);

/** The operands of a call, with one number of one of them replaced. */
function withNumber(name: string, operand: string, at: number, value: number): Record<string, tf.Tensor> {
  const inputs = operands(name);
  const x = inputs[operand]!;
  const numbers = Float32Array.from(x.dataSync());
  numbers[at] = value;
  return { ...inputs, [operand]: tf.tensor(numbers, x.shape) };
}

/** Every place of every float operand of a call. */
function placesOf(name: string): (readonly [operand: string, at: number])[] {
  return Object.entries(operands(name))
    .filter(([operand, { dtype }]) => dtype === 'float32' && operand !== 'output')
    .flatMap(([operand, { size }]) => Array.from({ length: size }, (_, at) => [operand, at] as const));
}

const allNumbers = (name: string, inputs: Record<string, tf.Tensor>) =>
  results(name, inputs).flatMap(({ numbers }) => numbers);

const strange = [Number.NaN, Infinity, -Infinity, -0, 3e38, 1e-37];

describe('kernels that take the place of those of tfjs', () => {
  const asThere = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(5)) || 0 : value);

  test.each(replaced.map(({ name }) => name).filter((name) => name !== 'MaxPoolGrad'))('%s', (name) => {
    for (const [operand, at] of placesOf(name)) {
      for (const value of strange) {
        const inputs = withNumber(name, operand, at, value);
        unregister();
        const expected = allNumbers(name, inputs).map(asThere);
        register();
        expect(allNumbers(name, inputs).map(asThere), `${operand}[${at}] = ${value}`).toEqual(expected);
      }
    }
  });

  // Sums by index are products with a mask on the cpu backend: a NaN in one row is a NaN in all sums there.
  const oneByOne = missing.map(({ name }) => name).filter((name) => name !== 'UnsortedSegmentSum');

  // The kernel for max pooling that tfjs has for wasm is wrong.
  test.each([...oneByOne, 'MaxPoolGrad'])('%s, against the cpu backend', async (name) => {
    for (const [operand, at] of placesOf(name)) {
      for (const value of strange) {
        const inputs = withNumber(name, operand, at, value);
        const here = allNumbers(name, inputs).map(asThere);
        await tf.setBackend('cpu');
        expect(here, `${operand}[${at}] = ${value}`).toEqual(allNumbers(name, inputs).map(asThere));
        await tf.setBackend('wasm');
      }
    }
  });
});

describe('kernels of this project: NaN comes to the numbers that depend on it, and no others change', () => {
  test.each([
    GATHER_ROWS,
    SUM_ROWS,
    SUM_GROUPS,
    GROUPED_MAT_MUL,
    GROUPED_MAT_MUL_KERNEL_GRADIENT,
    COMBINE_ROWS,
    COMBINE_ROWS_GRADIENT,
    'UnsortedSegmentSum',
  ])('%s', (name) => {
    for (const [operand, at] of placesOf(name)) {
      const [before, moved, broken] = [5, 11, Number.NaN].map((value) =>
        allNumbers(name, withNumber(name, operand, at, value)),
      ) as [number[], number[], number[]];
      const experts = examples[COMBINE_ROWS]!.shapes.weights![1]!;
      const ofToken = name === COMBINE_ROWS && operand === 'weights' ? Math.floor(at / experts) : undefined;
      broken.forEach((value, i) => {
        const depends = moved[i] !== before[i] || Math.floor(i / 5) === ofToken;
        expect(value, `${operand}[${at}], result ${i}`).toBe(depends ? Number.NaN : before[i]);
      });
    }
  });

  test('ReLU within a product leaves NaN', () => {
    const { x, kernels } = operands(GROUPED_MAT_MUL);
    const product = (value: number) =>
      tf.tidy(() => {
        const numbers = Float32Array.from(x!.dataSync());
        numbers[0] = value;
        const inputs = { x: tf.tensor(numbers, x?.shape), kernels: kernels! };
        const attrs = { offsets: [0, 2, 5], transpose: false, relu: true };
        return [...(tf.engine().runKernel(GROUPED_MAT_MUL, inputs, attrs) as tf.Tensor).dataSync()];
      });
    expect(product(Number.NaN).slice(0, 4)).toEqual(new Array(4).fill(Number.NaN));
    expect(product(Number.NaN).slice(4)).toEqual(product(-9).slice(4));
  });

  test('a token whose only NaN is the weight of an expert that it has no row for is NaN', () => {
    for (const experts of [1, 3, 4, 9]) {
      for (let e = 0; e < experts; e++) {
        const weights = new Float32Array(2 * experts);
        weights[experts + e] = Number.NaN;
        const inputs = {
          x: tf.tensor2d([1, 2, 3, 4, 5], [1, 5]),
          weights: tf.tensor2d(weights, [2, experts]),
          row: tf.tensor2d([0, -1], [2, 1], 'int32'),
          cell: tf.tensor1d([0], 'int32'),
        };
        const y = tf.engine().runKernel(COMBINE_ROWS, inputs) as tf.Tensor;
        expect([...y.dataSync()]).toEqual([0, 0, 0, 0, 0, ...new Array(5).fill(Number.NaN)]);
      }
    }
  });

  test('among the largest scores, NaN comes last, and the first of equals first', () => {
    const scores = tf.tensor2d([Number.NaN, -1, 2, Number.NaN, -Infinity, Infinity], [1, 6]);
    const masks = tf.engine().runKernel(TOP_K_MASKS, { scores }, { k: 6 }) as unknown as tf.Tensor[];
    expect(masks.map((mask) => mask.dataSync().indexOf(1))).toEqual([5, 2, 1, 0, 3, 4]);
  });

  test('what is not 0 is sorted', () => {
    const selected = tf.tensor2d([Number.NaN, 0, 1, 0], [2, 2]);
    const [offsets] = tf
      .engine()
      .runKernel(SORT_BY_EXPERT, { selected }, { perToken: 2 }) as never as tf.Tensor[];
    expect([...offsets!.dataSync()]).toEqual([0, 2, 2]);
  });
});
