/**
 * The grouped product: rows sorted by expert, one kernel per expert, $Y_{[o_e:o_{e+1}]} = X_{[o_e:o_{e+1}]} W_e$.
 *
 * The one heavy operation of dropless dispatch. A backend may register kernels for it under the names in `core`; without
 * them it runs as one 2-D product per expert, with explicit transposes in the gradient.
 */
import * as tf from '@tensorflow/tfjs-core';
import { GROUPED_MAT_MUL, GROUPED_MAT_MUL_KERNEL_GRADIENT } from '@tfjs-moe/core';
import { withGradient } from './custom-gradient.ts';
import { matrixOf, rowRange } from './gather-rows.ts';

/**
 * @param x_SD rows sorted by expert
 * @param kernels_EDU one kernel per expert
 * @param offsets E + 1 row numbers: expert e owns the rows offsets[e], ..., offsets[e + 1] - 1, possibly none
 * @returns [S, U]
 */
export function groupedMatMul(
  x_SD: tf.Tensor,
  kernels_EDU: tf.Tensor,
  offsets: readonly number[],
): tf.Tensor2D {
  return withGradient([x_SD, kernels_EDU], {
    forward: ([x, kernels]) => product(x as tf.Tensor, kernels as tf.Tensor, offsets, false),
    backward: (dy, [x, kernels]) => [
      product(dy, kernels as tf.Tensor, offsets, true),
      kernelGradient(x as tf.Tensor, dy, offsets),
    ],
  }) as tf.Tensor2D;
}

/** Whether the current backend has kernels of its own for the grouped product. */
export function hasGroupedKernel(): boolean {
  return tf.getKernel(GROUPED_MAT_MUL, tf.getBackend()) != null;
}

function product(
  x: tf.Tensor,
  kernels: tf.Tensor,
  offsets: readonly number[],
  transpose: boolean,
): tf.Tensor {
  if (hasGroupedKernel()) {
    return tf
      .engine()
      .runKernel(GROUPED_MAT_MUL, { x, kernels }, { offsets: [...offsets], transpose }) as tf.Tensor;
  }
  return tf.tidy(() => {
    const parts: tf.Tensor[] = [];
    forEachGroup(offsets, (expert, start, end) => {
      const kernel = matrixOf(kernels, expert);
      parts.push(tf.matMul(rowRange(x, start, end), transpose ? tf.transpose(kernel) : kernel));
    });
    if (parts.length === 0) return tf.zeros([0, kernels.shape[transpose ? 1 : 2] as number]);
    return parts.length === 1 ? tf.clone(parts[0] as tf.Tensor) : tf.concat(parts, 0);
  });
}

function kernelGradient(x: tf.Tensor, dy: tf.Tensor, offsets: readonly number[]): tf.Tensor {
  if (hasGroupedKernel()) {
    return tf
      .engine()
      .runKernel(GROUPED_MAT_MUL_KERNEL_GRADIENT, { x, dy }, { offsets: [...offsets] }) as tf.Tensor;
  }
  return tf.tidy(() => {
    const experts = offsets.length - 1;
    const parts: tf.Tensor[] = Array.from({ length: experts });
    forEachGroup(offsets, (expert, start, end) => {
      parts[expert] = tf.matMul(tf.transpose(rowRange(x, start, end)), rowRange(dy, start, end));
    });
    const shape: [number, number] = [x.shape[1] as number, dy.shape[1] as number];
    return tf.stack(Array.from(parts, (part) => part ?? tf.zeros(shape)));
  });
}

function forEachGroup(
  offsets: readonly number[],
  visit: (expert: number, start: number, end: number) => void,
): void {
  for (let expert = 0; expert + 1 < offsets.length; expert++) {
    const start = offsets[expert] as number;
    const end = offsets[expert + 1] as number;
    if (end > start) visit(expert, start, end);
  }
}
