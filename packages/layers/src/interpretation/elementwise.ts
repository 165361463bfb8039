import * as tf from '@tensorflow/tfjs-core';
import type { Ops } from '@tfjs-moe/core';
import { activate } from './activations.ts';

export type Elementwise = Omit<Ops<tf.Tensor>, 'dot' | 'affine'>;

/**
 * The operations of Ops that mean the same in every layout of tensors: broadcasting does the rest.
 */
export const elementwise: Elementwise = Object.freeze<Elementwise>({
  constant: (value) => tf.scalar(value),
  add: (a, b) => tf.add(a, b),
  sub: (a, b) => tf.sub(a, b),
  mul: (a, b) => tf.mul(a, b),
  div: (a, b) => tf.div(a, b),
  exp: (a) => tf.exp(a),
  sqrt: (a) => tf.sqrt(a),
  activation: activate,
});
