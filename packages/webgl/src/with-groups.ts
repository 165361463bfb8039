import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type DeviceOffsets, withOffsets } from '@tfjs-moe/core/backends';
import type { WebGl } from './backend.ts';

/** Runs a program of groups: it reads the offsets, or has `ends` in its text where one group alone is known. */
export function withGroups(
  backend: WebGl,
  offsets: DeviceOffsets<TensorInfo>,
  run: (inputs: { readonly offsets?: TensorInfo }, ends: readonly number[] | undefined) => TensorInfo,
): TensorInfo {
  if (offsets.length === 2 && !offsets.tensor) return run({}, offsets);
  return withOffsets(backend, offsets, (onDevice) => run({ offsets: onDevice }, undefined));
}
