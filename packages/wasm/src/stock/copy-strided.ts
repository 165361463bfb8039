import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Attachment } from '../attach.ts';
import { addressOf, newTensor } from '../backend-memory.ts';

/** One axis of a result: how long it is, and how far its numbers lie apart in the operand. */
export interface StridedAxis {
  readonly size: number;
  /** 0 where they are all the same one. */
  readonly stride: number;
}

/** Neighbours that are one axis become one, and axes of one number go: the last is then as long as can be. */
function joinedAxes(axes: readonly StridedAxis[]): StridedAxis[] {
  const joined: StridedAxis[] = [];
  for (const axis of axes) {
    if (axis.size === 1) continue;
    const before = joined.at(-1);
    if (before !== undefined && before.stride === axis.stride * axis.size)
      joined[joined.length - 1] = { size: before.size * axis.size, stride: axis.stride };
    else joined.push(axis);
  }
  return joined.length === 0 ? [{ size: 1, stride: 1 }] : joined;
}

/**
 * A tensor made of the numbers of another, permuted or repeated.
 * @param axes of the result, from the outermost on
 */
export function copyStrided(
  backend: BackendWasm,
  attachment: Attachment,
  x: TensorInfo,
  shape: readonly number[],
  axes: readonly StridedAxis[],
): TensorInfo {
  const out = newTensor(backend, shape, x.dtype);
  if (util.sizeFromShape([...shape]) === 0) return out;
  const joined = joinedAxes(axes);
  const table = attachment.integers([
    ...joined.map(({ size }) => size),
    ...joined.map(({ stride }) => 4 * stride),
  ]);
  attachment.kernels.copyStrided(addressOf(backend, x), addressOf(backend, out), table, joined.length);
  return out;
}
