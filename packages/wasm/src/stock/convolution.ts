/**
 * `Conv2DBackpropFilter`, which tfjs-backend-wasm lacks, so that no convolution trains; and `Conv2DBackpropInput`, a
 * scalar loop there. Both run as matrix products over patches. Convolutions in NCHW, which the backend itself does not
 * have, are left to it.
 */
import {
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { addressOf, newTensor } from '../backend-memory.ts';
import type { Call } from '../kernels/kernel.ts';
import { FLOATS } from '../operands.ts';
import { geometryOf, type Shape4D } from './convolution-geometry.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

export const convolutionFilterGradient: StockKernel = defineStockKernel<
  { readonly x: TensorInfo; readonly dy: TensorInfo },
  Conv2DBackpropFilterAttrs
>(Conv2DBackpropFilter, { x: FLOATS, dy: FLOATS }, ({ inputs: { x, dy }, attrs, ...call }) => {
  if (attrs.dataFormat === 'NCHW') return undefined;
  const geometry = geometryOf(x.shape as Shape4D, attrs.filterShape as Shape4D, attrs);
  return gradient(call, attrs.filterShape, geometry, 'filterGradient', x, dy);
});

export const convolutionInputGradient: StockKernel = defineStockKernel<
  { readonly dy: TensorInfo; readonly filter: TensorInfo },
  Conv2DBackpropInputAttrs
>(Conv2DBackpropInput, { dy: FLOATS, filter: FLOATS }, ({ inputs: { dy, filter }, attrs, ...call }) => {
  if (attrs.dataFormat === 'NCHW') return undefined;
  const geometry = geometryOf(attrs.inputShape as Shape4D, filter.shape as Shape4D, attrs);
  return gradient(call, attrs.inputShape, geometry, 'inputGradient', dy, filter);
});

function gradient(
  { backend, attachment }: Pick<Call, 'backend' | 'attachment'>,
  shape: readonly number[],
  geometry: readonly number[],
  kernel: 'filterGradient' | 'inputGradient',
  first: TensorInfo,
  second: TensorInfo,
): TensorInfo {
  const out = newTensor(backend, shape);
  const { kernels, workspace } = attachment;
  attachment.withBytes(kernels.patchBytes(attachment.integers(geometry)), (patches) => {
    kernels[kernel](
      addressOf(backend, first),
      addressOf(backend, second),
      addressOf(backend, out),
      attachment.integers(geometry),
      patches,
      workspace,
    );
  });
  return out;
}
