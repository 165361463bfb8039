import { backend_util, GatherV2, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { addressOf, newTensor } from '../backend-memory.ts';
import { INDICES, NUMBERS } from '../operands.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly indices: TensorInfo;
}

interface Attributes {
  readonly axis: number;
  readonly batchDims: number;
}

/**
 * `GatherV2`, whose stock kernel spends 7 µs on a row of 256 numbers: the forward pass of every embedding. Indices out of
 * range are left to the stock kernel, which throws.
 */
export const gather: StockKernel = defineStockKernel<Inputs, Attributes>(
  GatherV2,
  { x: NUMBERS, indices: INDICES },
  ({ inputs: { x, indices }, attrs: { axis, batchDims }, backend, attachment }) => {
    if (util.sizeFromShape(x.shape) === 0) return undefined;
    const along = util.parseAxisParam(axis, x.shape)[0]!;
    const length = x.shape[along]!;
    const values = backend.typedArrayFromHeap(indices) as Int32Array;
    for (let i = 0; i < values.length; i++) {
      const index = values[i]!;
      if (index < 0 || index >= length) return undefined;
    }
    const { batchSize, outerSize, sliceSize, outputShape } =
      backend_util.segment_util.collectGatherOpShapeInfo(x as never, indices as never, along, batchDims);
    const rows = util.sizeFromShape(indices.shape) / batchSize;
    const bytes = sliceSize * util.bytesPerElement(x.dtype);
    const out = newTensor(backend, outputShape, x.dtype);
    const [from, to, index] = [addressOf(backend, x), addressOf(backend, out), addressOf(backend, indices)];
    for (let batch = 0; batch < batchSize; batch++) {
      for (let outer = 0; outer < outerSize; outer++) {
        const block = batch * outerSize + outer;
        attachment.kernels.gatherRows(
          from + block * length * bytes,
          index + 4 * batch * rows,
          to + block * rows * bytes,
          rows,
          bytes,
        );
      }
    }
    return out;
  },
);
