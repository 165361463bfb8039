import { Cast, Identity, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Call } from '../kernels/kernel.ts';
import { ANYTHING } from '../operands.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

interface Inputs {
  readonly x: TensorInfo;
}

/**
 * `Identity`, and `Cast` to the type that a tensor has: the stock kernels copy the numbers, although tensors of this
 * backend count who uses them. `tf.clone` keeps what a gradient needs, so that a training step copied every activation
 * and every parameter once more.
 */
export const identity: StockKernel = defineStockKernel<Inputs, unknown>(
  Identity,
  { x: ANYTHING },
  sameNumbers,
);

export const cast: StockKernel = defineStockKernel<Inputs, { readonly dtype: string }>(
  Cast,
  { x: ANYTHING },
  (call) => (call.attrs.dtype === call.inputs.x.dtype ? sameNumbers(call) : undefined),
);

function sameNumbers({ inputs: { x }, backend }: Call<Inputs, unknown>): TensorInfo {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}
