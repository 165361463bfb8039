import { backend_util, MaxPoolGrad, type MaxPoolGradAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { numbersOf, type Shape4D } from './convolution-geometry.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

/**
 * `MaxPoolGrad`: most of a training step of a small convolution net in tfjs, and wrong there where a window has nothing
 * above zero, as its first number then takes the slope. Of equal numbers the first takes it, as on the cpu backend.
 */
export const maxPoolGradient: StockKernel = defineStockKernel<
  { readonly dy: TensorInfo; readonly input: TensorInfo },
  MaxPoolGradAttrs
>(MaxPoolGrad, { dy: FLOATS, input: FLOATS }, ({ inputs: { dy, input }, attrs, backend, attachment }) => {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const shape = input.shape as Shape4D;
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const out = newTensor(backend, shape);
  attachment.kernels.maxPoolGradient(
    addressOf(backend, input),
    addressOf(backend, dy),
    addressOf(backend, out),
    attachment.integers(numbersOf(info)),
  );
  return out;
});
