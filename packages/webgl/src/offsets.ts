import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGl } from './program.ts';

/**
 * The rows where experts begin: numbers, or on the device what the list has as its tensor.
 */
export interface Offsets extends ReadonlyArray<number> {
  readonly tensor?: TensorInfo;
}

/** Runs what reads offsets, with numbers sent to the device for as long as it takes. */
export function withOffsets<T>(backend: WebGl, offsets: Offsets, run: (offsets: TensorInfo) => T): T {
  if (offsets.tensor) return run(offsets.tensor);
  const sent = backend.makeTensorInfo([offsets.length], 'int32', Int32Array.from(offsets));
  try {
    return run(sent);
  } finally {
    backend.disposeData(sent.dataId);
  }
}
