/**
 * `DepthwiseConv2dNativeBackpropFilter` and `DepthwiseConv2dNativeBackpropInput`, which tfjs-backend-wasm lacks, so that no
 * depthwise or separable convolution trains.
 */
import {
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { geometryOf, type Shape4D } from './convolution-geometry.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

export const depthwiseFilterGradient: StockKernel = defineStockKernel<
  { readonly x: TensorInfo; readonly dy: TensorInfo },
  DepthwiseConv2dNativeBackpropFilterAttrs
>(
  DepthwiseConv2dNativeBackpropFilter,
  { x: FLOATS, dy: FLOATS },
  ({ inputs: { x, dy }, attrs, backend, attachment }) => {
    const geometry = geometryOf(x.shape as Shape4D, attrs.filterShape as Shape4D, attrs, true);
    const out = newTensor(backend, attrs.filterShape);
    attachment.kernels.depthwiseFilterGradient(
      addressOf(backend, x),
      addressOf(backend, dy),
      addressOf(backend, out),
      attachment.integers(geometry),
    );
    return out;
  },
);

export const depthwiseInputGradient: StockKernel = defineStockKernel<
  { readonly dy: TensorInfo; readonly filter: TensorInfo },
  DepthwiseConv2dNativeBackpropInputAttrs
>(
  DepthwiseConv2dNativeBackpropInput,
  { dy: FLOATS, filter: FLOATS },
  ({ inputs: { dy, filter }, attrs, backend, attachment }) => {
    const geometry = geometryOf(attrs.inputShape as Shape4D, filter.shape as Shape4D, attrs, true);
    const out = newTensor(backend, attrs.inputShape);
    attachment.kernels.depthwiseInputGradient(
      addressOf(backend, dy),
      addressOf(backend, filter),
      addressOf(backend, out),
      attachment.integers(geometry),
    );
    return out;
  },
);
