import * as tf from '@tensorflow/tfjs-core';
import type { Activation, Ops } from '@tfjs-moe/core';
import { GATHER_ROWS } from '@tfjs-moe/core/kernels';
import { withGradient } from '../tensor/custom-gradient.ts';
import { groupedMatMul, sumGroups } from '../tensor/grouped-mat-mul.ts';
import { matMul } from '../tensor/mat-mul.ts';
import { oneHot } from '../tensor/one-hot.ts';
import { hasKernel, runKernel } from '../tensor/own-kernel.ts';
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
export function rowOps(offsets: readonly number[]): RowOps {
  const experts = offsets.length - 1;
  const rows = offsets[experts]!;
  let membership: tf.Tensor2D | undefined;
  let expertIndex: tf.Tensor1D | undefined;

  // One-hot rows turn the copy to rows, and its gradient, into a plain product: fast on every backend.
  function membership_SE(): tf.Tensor2D {
    membership ??= oneHot(expertOf_S(), experts);
    return membership;
  }

  function copyToRows(values_EF: tf.Tensor): tf.Tensor {
    return withGradient([values_EF], {
      forward: ([x]) => runKernel(GATHER_ROWS, { x: x!, index: expertOf_S() }),
      backward: (dy) => [sumGroups(dy, offsets)],
    });
  }

  function expertOf_S(): tf.Tensor1D {
    expertIndex ??= tf.tensor1d(expertOfRows(offsets), 'int32');
    return expertIndex;
  }

  function toRows(value: tf.Tensor): tf.Tensor {
    if (value.rank !== 3) return value;
    const [copies, , features] = value.shape as [number, number, number];
    const flat = tf.reshape(value, [copies, features]);
    if (copies === 1) return tf.mul(flat, tf.ones([rows, 1]));
    if (hasKernel(GATHER_ROWS)) return copyToRows(flat);
    return matMul(membership_SE(), flat);
  }

  /** Two values that broadcast: a parameter becomes rows when, and only when, it meets rows. */
  function aligned(a: tf.Tensor, b: tf.Tensor): [tf.Tensor, tf.Tensor] {
    if (a.rank === 3 && b.rank === 2) return [toRows(a), b];
    if (a.rank === 2 && b.rank === 3) return [a, toRows(b)];
    return [a, b];
  }

  function affine(
    x: tf.Tensor,
    kernel: tf.Tensor,
    bias?: tf.Tensor,
    activation: Activation = 'identity',
  ): tf.Tensor {
    // ReLU within the product holds one tensor less.
    if (activation === 'relu' && isGrouped(kernel, bias)) return grouped(x, kernel, bias, true);
    return elementwise.activation(activation, plain(x, kernel, bias));
  }

  function plain(x: tf.Tensor, kernel: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
    const [copies, features, units] = kernel.shape as [number, number, number];
    if (isGrouped(kernel, bias)) return grouped(x, kernel, bias);
    const y =
      copies === 1
        ? matMul(toRows(x), tf.reshape(kernel, [features, units]))
        : groupedMatMul(toRows(x), kernel, offsets);
    return bias === undefined ? y : tf.add(y, toRows(bias));
  }

  function isGrouped(kernel: tf.Tensor, bias?: tf.Tensor): boolean {
    return kernel.shape[0] > 1 && (bias === undefined || isPerExpert(bias));
  }

  function grouped(x: tf.Tensor, kernel: tf.Tensor, bias?: tf.Tensor, relu = false): tf.Tensor {
    const bias_EU = bias && tf.reshape(bias, [experts, kernel.shape[2]!]);
    return groupedMatMul(toRows(x), kernel, offsets, bias_EU, { relu });
  }

  function isPerExpert(bias: tf.Tensor): boolean {
    return bias.rank === 3 && bias.shape[0] === experts;
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
