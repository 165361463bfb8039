import * as tf from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import {
  GROUPED_MAT_MUL,
  GROUPED_MAT_MUL_KERNEL_GRADIENT,
  RELU_GRADIENT,
  SUM_GROUPS,
} from '@tfjs-moe/core/kernels';
import { withGradient } from './custom-gradient.ts';
import { matrixOf, rowRange } from './gather-rows.ts';
import { heldOf, type Offsets } from './offsets.ts';
import { hasKernel, runKernel } from './own-kernel.ts';

/**
 * The grouped product: rows sorted by expert, one kernel per expert, $Y_{[o_e:o_{e+1}]} = X_{[o_e:o_{e+1}]} W_e + b_e$.
 *
 * The one heavy operation of dropless dispatch. A backend may register kernels for it under the names in `core`; without
 * them it runs as one 2-D product per expert, with explicit transposes in the gradient.
 *
 * With `relu`, negative numbers of the result are 0: in the same kernel where a backend has one, so that neither the step
 * nor its gradient holds the numbers before.
 *
 * @param x_SD rows sorted by expert
 * @param kernels_EDU one kernel per expert
 * @param offsets E + 1 row numbers: expert e owns the rows offsets[e], ..., offsets[e + 1] - 1, possibly none
 * @param bias_EU what is added to the rows of each expert. Default nothing.
 * @returns [S, U]
 */
export function groupedMatMul(
  x_SD: tf.Tensor,
  kernels_EDU: tf.Tensor,
  offsets: Offsets,
  bias_EU?: tf.Tensor,
  { relu = false }: { readonly relu?: boolean } = {},
): tf.Tensor2D {
  if (development) expectTensors({ x_SD, kernels_EDU, ...(bias_EU !== undefined && { bias_EU }) }, offsets);
  return withGradient(bias_EU === undefined ? [x_SD, kernels_EDU] : [x_SD, kernels_EDU, bias_EU], {
    constants: heldOf(offsets),
    forward: ([x, kernels, bias]) => product(x!, kernels!, { offsets, transpose: false, bias, relu }),
    needsResult: relu,
    backward(slope, [x, kernels, bias], _constants, y) {
      let dy = slope;
      if (y !== undefined)
        dy = hasKernel(RELU_GRADIENT) ? runKernel(RELU_GRADIENT, { dy, y }) : tf.mul(dy, tf.step(y));
      return [
        ...groupedGradients(dy, x!, kernels!, offsets),
        ...(bias === undefined ? [] : [sumGroups(dy, offsets)]),
      ];
    },
  }) as tf.Tensor2D;
}

function expectTensors(tensors: Readonly<Record<string, unknown>>, offsets: unknown): void {
  const who = 'groupedMatMul';
  for (const [name, tensor] of Object.entries(tensors)) {
    if (!Array.isArray((tensor as Partial<tf.Tensor> | null | undefined)?.shape))
      throw new MoeError(who, `${name} must be a tensor`, tensor);
  }
  if (!Array.isArray(offsets)) throw new MoeError(who, 'offsets must be a list of row numbers', offsets);
}

/** Gradients to x and to the kernels. */
export function groupedGradients(
  dy: tf.Tensor,
  x: tf.Tensor,
  kernels: tf.Tensor,
  offsets: Offsets,
): [tf.Tensor, tf.Tensor] {
  return [product(dy, kernels, { offsets, transpose: true, relu: false }), kernelGradient(x, dy, offsets)];
}

/** Sums of the rows of each expert: [S, F] -> [E, F]. No gradient: callers write their own. */
export function sumGroups(x: tf.Tensor, offsets: Offsets): tf.Tensor {
  if (hasKernel(SUM_GROUPS)) return runKernel(SUM_GROUPS, { x }, { offsets });
  return tf.tidy(() => {
    const sums = perExpert(offsets, [1, x.shape[1]!], (_expert, start, end) =>
      // A product with a row of ones: sums over the leading axis are slow on the wasm backend.
      tf.matMul(tf.ones([1, end - start]), rowRange(x, start, end) as tf.Tensor2D),
    );
    return tf.concat(sums, 0);
  });
}

interface Product {
  readonly offsets: Offsets;
  readonly transpose: boolean;
  readonly bias?: tf.Tensor | undefined;
  readonly relu: boolean;
}

function product(x: tf.Tensor, kernels: tf.Tensor, { offsets, transpose, bias, relu }: Product): tf.Tensor {
  if (hasKernel(GROUPED_MAT_MUL)) {
    const inputs = { x, kernels, ...(bias && { bias }) };
    return runKernel(GROUPED_MAT_MUL, inputs, { offsets, transpose, relu });
  }
  return tf.tidy(() => {
    const parts: tf.Tensor[] = [];
    forEachGroup(offsets, (expert, start, end) => {
      const kernel = matrixOf(kernels, expert);
      const part = tf.matMul(rowRange(x, start, end), transpose ? tf.transpose(kernel) : kernel);
      parts.push(bias === undefined ? part : tf.add(part, rowRange(bias, expert, expert + 1)));
    });
    if (parts.length === 0) return tf.zeros([0, kernels.shape[transpose ? 1 : 2]!]);
    const y = tf.concat(parts, 0);
    return relu ? tf.relu(y) : y;
  });
}

function kernelGradient(x: tf.Tensor, dy: tf.Tensor, offsets: Offsets): tf.Tensor {
  if (hasKernel(GROUPED_MAT_MUL_KERNEL_GRADIENT)) {
    return runKernel(GROUPED_MAT_MUL_KERNEL_GRADIENT, { x, dy }, { offsets });
  }
  return tf.tidy(() =>
    tf.stack(
      perExpert(offsets, [x.shape[1]!, dy.shape[1]!], (_expert, start, end) =>
        tf.matMul(tf.transpose(rowRange(x, start, end)), rowRange(dy, start, end)),
      ),
    ),
  );
}

/** A matrix for every expert, zeros for those without rows. */
function perExpert(
  offsets: Offsets,
  shape: [number, number],
  compute: (expert: number, start: number, end: number) => tf.Tensor,
): tf.Tensor[] {
  const parts: tf.Tensor[] = Array.from({ length: offsets.length - 1 });
  forEachGroup(offsets, (expert, start, end) => {
    parts[expert] = compute(expert, start, end);
  });
  return Array.from(parts, (part) => part ?? tf.zeros(shape));
}

function forEachGroup(offsets: Offsets, visit: (expert: number, start: number, end: number) => void): void {
  for (let expert = 0; expert + 1 < offsets.length; expert++) {
    const start = offsets[expert]!;
    const end = offsets[expert + 1]!;
    if (end > start) visit(expert, start, end);
  }
}
