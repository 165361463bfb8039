/**
 * The bytes that a piece of work takes from the heap of the wasm backend at most. `tf.memory()` counts every handle on
 * the same numbers as if it had numbers of its own, and knows nothing of copies that a kernel makes for itself.
 */
import * as tf from '@tensorflow/tfjs-core';

interface Heap {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/**
 * Runs some work and returns the most bytes that it held at a time, beyond what was held before. The backend must have
 * taken and freed memory before: Emscripten replaces both functions when they are first called.
 */
export function peakBytes(run: () => void): number {
  const heap = (tf.backend() as unknown as { wasm: Heap }).wasm;
  const { _malloc, _free } = heap;
  const sizes = new Map<number, number>();
  let [held, peak] = [0, 0];
  heap._malloc = (bytes) => {
    const address = _malloc(bytes);
    sizes.set(address, bytes);
    held += bytes;
    peak = Math.max(peak, held);
    return address;
  };
  heap._free = (address) => {
    held -= sizes.get(address) ?? 0;
    sizes.delete(address);
    _free(address);
  };
  try {
    run();
  } finally {
    Object.assign(heap, { _malloc, _free });
  }
  return peak;
}
