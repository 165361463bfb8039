import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Attachment } from '../attach.ts';
import { addressOf, newTensor } from '../backend-memory.ts';

/**
 * Copies a box out of a tensor: what slices, splits and unstacking have in common.
 *
 * The numbers of x from `begin` on, `size` many along each axis.
 */
export function copyPart(
  backend: BackendWasm,
  { kernels }: Attachment,
  x: TensorInfo,
  begin: readonly number[],
  size: readonly number[],
): TensorInfo {
  const out = newTensor(backend, size, x.dtype);
  if (util.sizeFromShape([...size]) === 0) return out;
  const { shape } = x;
  const bytes = util.bytesPerElement(x.dtype);
  const full = (axis: number) => size[axis] === shape[axis];
  const strides = [...util.computeStrides(shape), 1].slice(-Math.max(shape.length, 1));

  // The last axis that is cut makes runs, the whole axes before it make rows of runs, any others are counted through.
  let cut = shape.length - 1;
  while (cut > 0 && full(cut)) cut--;
  let group = Math.max(cut - 1, 0);
  while (group > 0 && full(group)) group--;
  const product = (from: number, to: number) => util.sizeFromShape(size.slice(from, to));
  const run = bytes * product(cut, size.length);
  const rows = product(group, cut);
  const stride = cut > 0 ? bytes * strides[cut - 1]! : run;

  let to = addressOf(backend, out);
  const from = addressOf(backend, x);
  for (let count = 0; count < product(0, group); count++) {
    let [rest, offset] = [count, 0];
    for (let axis = group - 1; axis >= 0; axis--) {
      offset += strides[axis]! * (begin[axis]! + (rest % size[axis]!));
      rest = Math.floor(rest / size[axis]!);
    }
    for (let axis = group; axis < shape.length; axis++) {
      offset += strides[axis]! * begin[axis]!;
    }
    kernels.copyRuns(from + bytes * offset, stride, to, run, rows, run);
    to += rows * run;
  }
  return out;
}
