import { backend_util, Concat, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { addressOf, newTensor } from '../backend-memory.ts';
import { ANYTHING } from '../operands.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

/**
 * `Concat`, which moves its numbers through JavaScript in tfjs: queries, keys and values beside each other, gradients of
 * splits.
 */
export const concat: StockKernel = defineStockKernel<readonly TensorInfo[], { readonly axis: number }>(
  Concat,
  { 0: ANYTHING } as never,
  ({ inputs, attrs, backend, attachment }) => {
    const [first] = inputs as readonly [TensorInfo];
    const { dtype } = first;
    if (dtype === 'string' || dtype === 'complex64' || inputs.some((x) => x.dtype !== dtype))
      return undefined;
    const axis = util.parseAxisParam(attrs.axis, first.shape)[0]!;
    const shape = backend_util.computeOutShape(
      inputs.map((x) => x.shape),
      axis,
    );
    const out = newTensor(backend, shape, dtype);
    if (util.sizeFromShape(shape) === 0) return out;
    const bytes = util.bytesPerElement(dtype);
    const rows = util.sizeFromShape(shape.slice(0, axis));
    const runOf = (own: number[]) => bytes * util.sizeFromShape(own.slice(axis));
    let to = addressOf(backend, out);
    for (const x of inputs) {
      const run = runOf(x.shape);
      if (run === 0) continue;
      attachment.kernels.copyRuns(addressOf(backend, x), run, to, runOf(shape), rows, run);
      to += run;
    }
    return out;
  },
);
