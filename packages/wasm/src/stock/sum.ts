/**
 * `Sum` over leading axes, which the stock kernel transposes first: ten to a hundred times slower than adding rows. The
 * gradient to the bias of every dense layer is such a sum.
 */
import { backend_util, Sum, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { addressOf, newTensor } from '../backend-memory.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

interface Attributes {
  readonly axis: number | number[];
  readonly keepDims: boolean;
}

export const sum: StockKernel = defineStockKernel<{ readonly x: TensorInfo }, Attributes>(
  Sum,
  ({ inputs: { x }, attrs: { axis, keepDims }, backend, attachment }) => {
    const axes = util.parseAxisParam(axis, x.shape);
    const leading = axes.length > 0 && axes.length < x.shape.length && axes.every((each, i) => each === i);
    if (!leading || x.dtype !== 'float32' || util.sizeFromShape(x.shape) === 0) return undefined;
    const rest = x.shape.slice(axes.length);
    const features = util.sizeFromShape(rest);
    // Rows of one or two numbers gain nothing.
    if (features < 4) return undefined;
    const out = newTensor(backend, rest);
    const rows = util.sizeFromShape(x.shape) / features;
    const offsets = attachment.integers([0, rows]);
    attachment.kernels.sumGroups(addressOf(backend, x), offsets, 1, addressOf(backend, out), features);
    if (keepDims) out.shape = backend_util.expandShapeToKeepDim(rest, axes);
    return out;
  },
);
