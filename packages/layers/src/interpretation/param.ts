import type * as tf from '@tensorflow/tfjs-core';
import type { ParamSpec } from '@tfjs-moe/core';
import { reshaped } from '../tensor/reshaped.ts';

export type Layout = 'tokensFirst' | 'expertsFirst';

/**
 * How a stored weight [copies, ...shape] becomes a value of a layout.
 *
 * Kernels stay [copies, D, H], as the grouped product wants them. Vectors take their place on the axis of experts:
 * [1, E, F] beside tokens [T, 1, F], or [E, 1, F] beside rows of each expert [E, N, F].
 */
export function paramValue(weight: tf.Tensor, spec: ParamSpec, layout: Layout): tf.Tensor {
  if (spec.shape.length === 2) return weight;
  const [copies, features] = weight.shape as [number, number];
  return reshaped(weight, layout === 'tokensFirst' ? [1, copies, features] : [copies, 1, features]);
}
