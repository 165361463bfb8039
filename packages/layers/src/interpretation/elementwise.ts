import * as tf from '@tensorflow/tfjs-core';
import type { Ops } from '@tfjs-moe/core';
import { detach } from '../tensor/detach.ts';
import { floats } from '../tensor/floats.ts';
import { keepingNaN } from '../tensor/keeping-nan.ts';
import { activate } from './activations.ts';

export type Elementwise = Omit<Ops<tf.Tensor>, 'dot' | 'affine'>;

/**
 * The operations of Ops that mean the same in every layout of tensors: features come last in each, and broadcasting does
 * the rest.
 */
export const elementwise: Elementwise = Object.freeze<Elementwise>({
  constant: (value) => tf.scalar(value),
  add: (a, b) => tf.add(a, b),
  sub: (a, b) => tf.sub(a, b),
  mul: (a, b) => tf.mul(a, b),
  div: (a, b) => tf.div(a, b),
  exp: (a) => keepingNaN(tf.exp(a), a),
  log,
  sqrt: (a) => tf.sqrt(a),
  activation: activate,
  take(a, features) {
    // A gather has no gradient on the wasm backend, and a product with 0 and 1 would spread infinities.
    const columns = tf.unstack(a, -1);
    return tf.stack(
      features.map((feature) => columns[feature]!),
      -1,
    );
  },
});

/** The logarithm, at 0 that of the smallest normal number, with a gradient that stays finite. */
function log(a: tf.Tensor): tf.Tensor {
  const isZero = floats(tf.equal(detach(a), 0));
  const exponent = tf.backend().floatPrecision() === 16 ? -14 : -126;
  return keepingNaN(tf.add(tf.log(tf.add(a, isZero)), tf.mul(isZero, exponent * Math.LN2)), a);
}
