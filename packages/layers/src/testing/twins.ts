import * as tf from '@tensorflow/tfjs-core';
import { assert, drawnRows } from '@tfjs-moe/core/testing';
import { centralDifferences } from './float64-layer.ts';
import { assertNear } from './layer-assertions.ts';

/** One argument of both functions. */
export interface TwinInput {
  readonly shape: readonly number[];
  /** Rounded to float32 before use, so that both functions see the same numbers. */
  readonly data: ArrayLike<number>;
}

/**
 * Twins: a function on tensors and the same function on float64 numbers. Their values must agree, and the gradients that
 * tfjs finds for the one must be the central differences of the other.
 */
export interface Twins {
  readonly inputs: readonly TwinInput[];
  tensor(...inputs: tf.Tensor[]): tf.Tensor;
  float64(...inputs: Float64Array[]): ArrayLike<number>;
}

/** Seeded standard normal numbers as an argument. */
export function drawnInput(shape: readonly number[], seed: number): TwinInput {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, data: drawnRows(1, size, seed)[0]! };
}

/** Checks the values on the current backend, and that nothing stays in memory. */
export function assertSameValues(what: string, { inputs, tensor, float64 }: Twins, tolerance = 1e-5): void {
  const numbers = inputs.map(float32Numbers);
  withTensors(what, inputs, numbers, (tensors) => {
    assertNear(tensor(...tensors).dataSync(), float64(...numbers), what, tolerance);
  });
}

/** Checks the gradients to all inputs, one after the other, and that nothing stays in memory. */
export function assertSameGradients(
  what: string,
  { inputs, tensor, float64 }: Twins,
  tolerance = 1e-5,
): void {
  const numbers = inputs.map(float32Numbers);
  const slopes = float32Numbers(drawnInput([float64(...numbers).length], 77));
  withTensors(what, inputs, numbers, (tensors) => {
    const objective = (...args: tf.Tensor[]): tf.Scalar => {
      const value = tensor(...args);
      return tf.sum(tf.mul(value, tensorOf(slopes, value.shape)));
    };
    const actual = tf
      .grads(objective)(tensors)
      .flatMap((gradient) => [...gradient.dataSync()]);
    const expected = numbers.flatMap((values) => [
      ...centralDifferences(() => weightedSum(float64(...numbers), slopes), values),
    ]);
    assertNear(actual, expected, `${what}: gradients`, tolerance);
  });
}

/** Checks that a piece of work leaves as many tensors and buffers in memory as it found. */
export function assertNothingKept(what: string, work: () => void): void {
  const before = tf.memory();
  work();
  const after = tf.memory();
  const tensors = after.numTensors - before.numTensors;
  assert(tensors === 0, `${what}: ${tensors} tensors stayed in memory`);
  const buffers = after.numDataBuffers - before.numDataBuffers;
  assert(buffers === 0, `${what}: ${buffers} buffers stayed in memory`);
}

function withTensors(
  what: string,
  inputs: readonly TwinInput[],
  numbers: readonly Float64Array[],
  check: (tensors: tf.Tensor[]) => void,
): void {
  assertNothingKept(what, () => {
    tf.tidy(() => {
      check(inputs.map(({ shape }, i) => tensorOf(numbers[i]!, shape)));
    });
  });
}

function float32Numbers({ data }: TwinInput): Float64Array {
  return Float64Array.from(data, Math.fround);
}

function tensorOf(numbers: Float64Array, shape: readonly number[]): tf.Tensor {
  return tf.tensor(Float32Array.from(numbers), [...shape]);
}

function weightedSum(values: ArrayLike<number>, slopes: Float64Array): number {
  return slopes.reduce((sum, slope, i) => sum + slope * values[i]!, 0);
}
