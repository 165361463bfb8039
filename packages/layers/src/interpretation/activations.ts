/**
 * The activations on tensors, in forms that have gradients and are fast on every backend.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type Activation, entryOf } from '@tfjs-moe/core';
import { keepingNaN } from '../tensor/keeping-nan.ts';

const GELU_TANH_SCALE = 2 * Math.sqrt(2 / Math.PI);

/** $\Phi(z)$, the standard normal distribution function. */
export function normalCdf(z: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(z, Math.SQRT1_2)), 1), 0.5);
}

const activations: Readonly<Record<Activation, (z: tf.Tensor) => tf.Tensor>> = {
  identity: (z) => z,
  relu: (z) => tf.relu(z),
  gelu: (z) => tf.mul(z, normalCdf(z)),
  // z sigmoid(2u) equals z (1 + tanh(u)) / 2, and sigmoid is many times faster than tanh on the wasm backend.
  geluTanh: (z) => {
    const cube = tf.mul(z, tf.mul(z, z));
    return tf.mul(z, tf.sigmoid(tf.mul(tf.add(z, tf.mul(cube, 0.044715)), GELU_TANH_SCALE)));
  },
  tanh: (z) => tf.tanh(z),
  sigmoid: (z) => keepingNaN(tf.sigmoid(z), z),
  silu: (z) => tf.mul(z, tf.sigmoid(z)),
  softplus: (z) => keepingNaN(tf.softplus(z), z),
};

export function activate(name: Activation, z: tf.Tensor): tf.Tensor {
  return entryOf('Ops', 'activation', activations, name)(z);
}
