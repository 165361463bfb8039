import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { type Registration, registration } from '@tfjs-moe/core/backends';
import { moeKernels } from './kernels/index.ts';

const kernels: Registration = registration(tf, 'webgpu', moeKernels);

/**
 * Registers the kernels for the webgpu backend; importing the package does it once.
 */
export function register(): void {
  kernels.register();
}

/** Takes all kernels back: tfjs computes as if this package had never been imported. */
export function unregister(): void {
  kernels.unregister();
}
