import * as tf from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { floats } from './tensor/floats.ts';
import { masked } from './tensor/masked.ts';

/**
 * Tokens: inputs of any rank [..., D] as rows [T, D], with the padding mask that belongs to them.
 */
export interface Tokens {
  readonly x_TD: tf.Tensor2D;
  /** 1 for tokens that count, 0 for padding; absent when all count. */
  readonly mask_T1: tf.Tensor2D | undefined;
  /** The axes of the input before the features. */
  readonly outer: readonly number[];
  /** What the gate sees, where that is not the tokens themselves: [T, F]. */
  readonly seen_TF?: tf.Tensor2D;
  /** The shape of the layer's output, where that is not `outer` and the units. */
  readonly outputShape?: readonly number[];
  /** Side inputs of the gate by name, [T, 1, 1] or [T, E, 1]. */
  readonly sides?: Readonly<Record<string, tf.Tensor>> | undefined;
}

/**
 * @param who named in errors
 * @param x [..., D]
 * @param mask the axes of x without the features, or their first few
 */
export function flatten(who: string, x: tf.Tensor, mask: tf.Tensor | null | undefined): Tokens {
  if (x.rank < 2) throw new MoeError(who, 'the input must be [batch, ..., features]', x.shape);
  const outer = x.shape.slice(0, -1);
  const features = x.shape[x.rank - 1]!;
  const tokens = outer.reduce((product, size) => product * size, 1);
  const numbers = asFloats(who, 'the input', x);
  const rows = (x.rank === 2 ? numbers : tf.reshape(numbers, [tokens, features])) as tf.Tensor2D;
  if (mask == null) return { x_TD: rows, mask_T1: undefined, outer };
  const mask_T1 = flatMask(who, mask, outer, tokens);
  // Zeros instead of whatever padding holds, and of what comes back to it: NaN times a weight of zero would still be NaN.
  return { x_TD: masked(rows, mask_T1) as tf.Tensor2D, mask_T1, outer };
}

function flatMask(who: string, mask: tf.Tensor, outer: readonly number[], tokens: number): tf.Tensor2D {
  const fits = mask.rank <= outer.length && mask.shape.every((size, axis) => size === outer[axis]);
  if (!fits) {
    throw new MoeError(who, `the mask must have the axes [${outer.join(', ')}] of the input`, mask.shape);
  }
  const weights = floats(tf.notEqual(asFloats(who, 'the mask', mask), 0));
  const wide = tf.reshape(weights, [...mask.shape, ...outer.slice(mask.rank).map(() => 1)]);
  return tf.reshape(tf.mul(wide, tf.ones([...outer])), [tokens, 1]);
}

/** Numbers of any type as float32, the type of all weights. */
function asFloats(who: string, what: string, x: tf.Tensor): tf.Tensor {
  if (x.dtype === 'float32') return x;
  if (x.dtype === 'int32' || x.dtype === 'bool') return floats(x);
  throw new MoeError(who, `${what} must be of float32, int32 or bool`, x.dtype);
}
