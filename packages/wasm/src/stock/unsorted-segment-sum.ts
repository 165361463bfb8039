import {
  type DataType,
  type TensorInfo,
  type TypedArray,
  UnsortedSegmentSum,
  util,
} from '@tensorflow/tfjs-core';
import { addressOf, newTensor } from '../backend-memory.ts';
import { INDICES } from '../operands.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly segmentIds: TensorInfo;
}

/** Integers are added as such: their sums are exact beyond what float32 holds. */
const SUMMED: readonly DataType[] = ['float32', 'int32'];

/**
 * `UnsortedSegmentSum`, which tfjs-backend-wasm lacks: the gradient of `tf.gather`, without which no embedding trains.
 * Rows whose segment is negative or too large are left out, as in the kernels of other backends.
 */
export const unsortedSegmentSum: StockKernel = defineStockKernel<Inputs, { readonly numSegments: number }>(
  UnsortedSegmentSum,
  { x: SUMMED, segmentIds: INDICES },
  ({ inputs: { x, segmentIds }, attrs: { numSegments }, backend, attachment }) => {
    const [rows, ...rest] = x.shape as [number, ...number[]];
    const out = newTensor(backend, [numSegments, ...rest], x.dtype);
    if (x.dtype !== 'float32') {
      addIntegers(
        backend.typedArrayFromHeap(x),
        backend.typedArrayFromHeap(segmentIds),
        backend.typedArrayFromHeap(out),
      );
      return out;
    }
    attachment.kernels.sumByIndex(
      addressOf(backend, x),
      addressOf(backend, segmentIds),
      addressOf(backend, out),
      rows,
      numSegments,
      util.sizeFromShape(rest),
    );
    return out;
  },
);

/** The same for other types, which no gradient has. */
function addIntegers(x: TypedArray, segmentIds: TypedArray, out: TypedArray): void {
  const features = x.length / segmentIds.length;
  out.fill(0);
  segmentIds.forEach((segment, row) => {
    if (segment < 0 || (segment + 1) * features > out.length) return;
    for (let f = 0; f < features; f++) {
      out[segment * features + f] = out[segment * features + f]! + x[row * features + f]!;
    }
  });
}
