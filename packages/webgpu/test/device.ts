/**
 * The software adapter of a headless Chromium, and tests on it. A shader that does not compile throws nothing, and may leave
 * the right numbers of a recycled buffer behind, so that every test looks for errors of the device.
 */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect } from 'vitest';

interface Device {
  pushErrorScope(filter: string): void;
  popErrorScope(): Promise<{ readonly message: string } | null>;
}

interface Watched {
  readonly device: Device;
}

const filters = ['validation', 'out-of-memory', 'internal'];

/** Runs every test of a file on webgpu, inside error scopes. */
export function onWebGpu(): void {
  let device: Device;
  beforeEach(async () => {
    await tf.setBackend('webgpu');
    await tf.ready();
    device = (tf.backend() as unknown as Watched).device;
    for (const filter of filters) device.pushErrorScope(filter);
  });
  afterEach(async () => {
    for (const _filter of filters) {
      const error = await device.popErrorScope();
      expect(error?.message).toBeUndefined();
    }
  });
}

/** The numbers of tensors, which are disposed of. */
export async function numbersOf(tensors: tf.Tensor | readonly tf.Tensor[]): Promise<Float32Array[]> {
  const all = [tensors].flat() as tf.Tensor[];
  const numbers = await Promise.all(all.map((tensor) => tensor.data()));
  tf.dispose(all);
  return numbers as Float32Array[];
}
