import type * as tf from '@tensorflow/tfjs-core';

/**
 * Offsets: E + 1 row numbers, of which expert e owns offsets[e], ..., offsets[e + 1] - 1.
 *
 * On a backend that keeps its memory to itself, JavaScript knows only how many there are and the last, which is then the
 * number of rows, those of nobody included; the others are in the tensor, which kernels are given along with the list. Rows of
 * nobody hold anything, NaN too: every sum over rows leaves them out by the offsets.
 */
export interface Offsets extends ReadonlyArray<number> {
  /** All of them, int32 [E + 1], where the list has none. */
  readonly tensor?: tf.Tensor1D;
  /** The expert of each row then, int32 [S]; any number for rows of nobody. */
  expertOf?(): tf.Tensor1D;
}

/** What a gradient has to hold, so that kernels find the tensor. */
export const heldOf = ({ tensor }: Offsets): tf.Tensor[] => (tensor ? [tensor] : []);

/** Offsets that only the device knows, of so many rows. */
export function deviceOffsets(tensor: tf.Tensor1D, rows: number, expertOf?: () => tf.Tensor1D): Offsets {
  const experts = tensor.size - 1;
  return Object.assign(new Array<number>(experts), { [experts]: rows, tensor, expertOf }) as Offsets;
}
