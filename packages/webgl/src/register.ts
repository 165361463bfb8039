import '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { type Registration, registration } from '@tfjs-moe/core/backends';
import { moeKernels } from './kernels/index.ts';
import { reshapeGradient } from './kernels/reshape.ts';
import { steps } from './optimizer-steps.ts';

const WEBGL = 'webgl';

const kernels: Registration = registration(tf, WEBGL, moeKernels, () => {
  if (!suits()) unregister();
});

/**
 * Registers the kernels for the webgl backend; importing the package does it once. They stay out where the browser has
 * WebGL 1 alone, whose shaders cannot count by what they read, or textures of 16 bits, which cannot number rows.
 * @returns whether they are registered, as far as is known: a backend that has yet to start may still take them back
 */
export function register(): boolean {
  kernels.register();
  steps.place();
  if (!tf.getGradient(reshapeGradient.kernelName)) tf.registerGradient(reshapeGradient);
  if (tf.engine().registry[WEBGL] !== undefined && !suits()) unregister();
  return kernels.isOn;
}

/** Takes all kernels back: tfjs computes as if this package had never been imported. */
export function unregister(): void {
  kernels.unregister();
  steps.takeBack();
}

// What the backend says of its precision is 16 wherever it can write 32.
const suits = (): boolean =>
  tf.env().getNumber('WEBGL_VERSION') === 2 && tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');
