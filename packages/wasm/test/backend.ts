/** The wasm backend under test, and calls of kernels by name. */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients, which tfjs-core leaves out.
import '@tensorflow/tfjs-layers';

export async function useWasm(): Promise<void> {
  await tf.setBackend('wasm');
  await tf.ready();
}

/** Runs a kernel on tensors. */
export function run<T extends tf.Tensor | tf.Tensor[]>(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attrs: Record<string, unknown> = {},
): T {
  return tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap) as T;
}

/** Bytes of the backend's memory. */
export function memoryBytes(): number {
  const { wasm } = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } };
  return wasm.HEAPU8.buffer.byteLength;
}
