import * as tf from '@tensorflow/tfjs-core';
import type { Activation, Ops } from '@tfjs-moe/core';
import { GATHER_ROWS } from '@tfjs-moe/core/kernels';
import { withGradient } from '../tensor/custom-gradient.ts';
import { groupedMatMul, sumGroups } from '../tensor/grouped-mat-mul.ts';
import { matMul } from '../tensor/mat-mul.ts';
import { deviceOffsets, heldOf, type Offsets } from '../tensor/offsets.ts';
import { oneHot } from '../tensor/one-hot.ts';
import { hasKernel, runKernel } from '../tensor/own-kernel.ts';
import { reshaped } from '../tensor/reshaped.ts';
import { elementwise } from './elementwise.ts';

/** Ops on rows, and the way from a parameter to rows. */
export interface RowOps extends Ops<tf.Tensor> {
  /** Gives each row the value of its expert: [E, 1, F] becomes [S, F]; rows stay as they are. */
  toRows(value: tf.Tensor): tf.Tensor;
}

/**
 * Ops on rows sorted by expert, for grouped dispatch: values are [S, F], parameters [E, 1, F] until they meet a row,
 * kernels [E, D, H]. Nothing is computed for a token that an expert was not given.
 *
 * @param offsets expert e owns the rows offsets[e], ..., offsets[e + 1] - 1
 */
export function rowOps(offsets: Offsets): RowOps {
  const experts = offsets.length - 1;
  const rows = offsets[experts]!;
  let expertIndex: tf.Tensor1D | undefined;

  function copyToRows(values_EF: tf.Tensor): tf.Tensor {
    const index = expertOf_S();
    return withGradient([values_EF], {
      constants: heldOf(offsets),
      forward: ([x]) => runKernel(GATHER_ROWS, { x: x!, index }),
      backward: (dy) => [sumGroups(dy, offsets)],
    });
  }

  function expertOf_S(): tf.Tensor1D {
    expertIndex ??= offsets.expertOf?.() ?? tf.tensor1d(expertOfRows(offsets), 'int32');
    return expertIndex;
  }

  function toRows(value: tf.Tensor): tf.Tensor {
    if (value.rank !== 3) return value;
    const [copies, , features] = value.shape as [number, number, number];
    const flat = reshaped(value, [copies, features]);
    // The gradient has to leave out rows of nobody, as sums for each expert do.
    if (copies === 1 && !offsets.tensor) return tf.mul(flat, tf.ones([rows, 1]));
    if (hasKernel(GATHER_ROWS))
      return copyToRows(copies < experts ? tf.mul(flat, tf.ones([experts, 1])) : flat);
    // One-hot rows turn the copy to rows, and its gradient, into a plain product: fast on every backend.
    return matMul(oneHot(expertOf_S(), experts), flat);
  }

  /** Two values that broadcast: a parameter becomes rows when, and only when, it meets rows. */
  function aligned(a: tf.Tensor, b: tf.Tensor): [tf.Tensor, tf.Tensor] {
    if (a.rank === 3 && b.rank === 2) return [toRows(a), b];
    if (a.rank === 2 && b.rank === 3) return [a, toRows(b)];
    return [a, b];
  }

  /** The rows of all experts as those of one. */
  function ends(): Offsets {
    const { tensor } = offsets;
    return tensor ? deviceOffsets(tf.gather(tensor, tf.tensor1d([0, experts], 'int32')), rows) : [0, rows];
  }

  function affine(
    x: tf.Tensor,
    kernel: tf.Tensor,
    bias?: tf.Tensor,
    activation: Activation = 'identity',
  ): tf.Tensor {
    const [copies, , units] = kernel.shape as [number, number, number];
    const isOwn = copies > 1 && (!bias || (bias.rank === 3 && bias.shape[0] === experts));
    const bias_EU = isOwn && bias ? reshaped(bias, [experts, units]) : undefined;
    // ReLU within the product holds one tensor less.
    const relu = isOwn && activation === 'relu';
    const y = groupedMatMul(toRows(x), kernel, copies > 1 ? offsets : ends(), bias_EU, { relu });
    const z = bias && !bias_EU ? tf.add(y, toRows(bias)) : y;
    return relu ? z : elementwise.activation(activation, z);
  }

  return Object.freeze<RowOps>({
    ...elementwise,
    add: (a, b) => tf.add(...aligned(a, b)),
    sub: (a, b) => tf.sub(...aligned(a, b)),
    mul: (a, b) => tf.mul(...aligned(a, b)),
    div: (a, b) => tf.div(...aligned(a, b)),
    dot: (a, b) => tf.sum(tf.mul(...aligned(a, b)), -1, true),
    affine,
    toRows,
  });
}

/** The expert of each row. */
export function expertOfRows(offsets: readonly number[]): Int32Array {
  const experts = new Int32Array(offsets[offsets.length - 1]!);
  for (let e = 0; e + 1 < offsets.length; e++) experts.fill(e, offsets[e], offsets[e + 1]);
  return experts;
}
