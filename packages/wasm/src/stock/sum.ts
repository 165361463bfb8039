import { backend_util, Mean, Sum, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { addressOf, newTensor } from '../backend-memory.ts';
import type { Call } from '../kernels/kernel.ts';
import { FLOATS } from '../operands.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

interface Attributes {
  readonly axis: number | number[];
  readonly keepDims: boolean;
}

interface Inputs {
  readonly x: TensorInfo;
}

/**
 * `Sum` and `Mean` over consecutive axes that are not the last ones, which the stock kernel transposes first: ten to a hundred times
 * slower than adding rows. The gradient to the bias of every dense layer is such a sum, and batch normalisation such a mean.
 */
export const sum: StockKernel = defineStockKernel<Inputs, Attributes>(Sum, { x: FLOATS }, sumRows);

export const mean: StockKernel = defineStockKernel<Inputs, Attributes>(Mean, { x: FLOATS }, (call) => {
  const out = sumRows(call);
  if (out === undefined) return undefined;
  const rows = util.sizeFromShape(call.inputs.x.shape) / util.sizeFromShape(out.shape);
  const values = call.backend.typedArrayFromHeap(out);
  for (let i = 0; i < values.length; i++) values[i] = values[i]! / rows;
  return out;
});

function sumRows({
  inputs: { x },
  attrs: { axis, keepDims },
  backend,
  attachment,
}: Call<Inputs, Attributes>): TensorInfo | undefined {
  const axes = util.parseAxisParam(axis, x.shape);
  const [first, count] = [axes[0] ?? 0, axes.length];
  const consecutive = axes.every((each, i) => each === first + i) && first + count < x.shape.length;
  if (count === 0 || !consecutive || util.sizeFromShape(x.shape) === 0) return undefined;
  const [outer, inner] = [x.shape.slice(0, first), x.shape.slice(first + count)];
  const [groups, features] = [util.sizeFromShape(outer), util.sizeFromShape(inner)];
  // Rows of one or two numbers gain nothing.
  if (features < 4) return undefined;
  const shape = [...outer, ...inner];
  const out = newTensor(backend, shape);
  const rows = util.sizeFromShape(x.shape) / (groups * features);
  const offsets = attachment.integers(Array.from({ length: groups + 1 }, (_, i) => i * rows));
  attachment.kernels.sumGroups(addressOf(backend, x), offsets, groups, addressOf(backend, out), features);
  if (keepDims) out.shape = backend_util.expandShapeToKeepDim(shape, axes);
  return out;
}
