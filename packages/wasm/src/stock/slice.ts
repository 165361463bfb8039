import {
  backend_util,
  Slice,
  SplitV,
  slice_util,
  type TensorInfo,
  Unpack,
  util,
} from '@tensorflow/tfjs-core';
import { NUMBERS } from '../operands.ts';
import { copyPart } from './copy-part.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

interface Box {
  readonly begin: number | number[];
  readonly size: number | number[];
}

/**
 * `Slice`, `SplitV` and `Unpack`: the stock kernels copy their whole input out of the heap for every part, so that taking
 * a tensor apart costs the square of its size. Recurrent layers and gradients of concatenations do nothing else.
 */
export const slice: StockKernel = defineStockKernel<{ readonly x: TensorInfo }, Box>(
  Slice,
  { x: NUMBERS },
  ({ inputs: { x }, attrs, backend, attachment }) => {
    const [begin, size] = slice_util.parseSliceParams(x as never, attrs.begin, attrs.size);
    return copyPart(backend, attachment, x, begin!, size!);
  },
);

interface Splits {
  readonly numOrSizeSplits: number | number[];
  readonly axis: number;
}

export const split: StockKernel = defineStockKernel<{ readonly x: TensorInfo }, Splits>(
  SplitV,
  { x: NUMBERS },
  ({ inputs: { x }, attrs: { numOrSizeSplits, axis }, backend, attachment }) => {
    const along = util.parseAxisParam(axis, x.shape)[0]!;
    const sizes = backend_util.prepareSplitSize(x as never, numOrSizeSplits, along);
    const begin = x.shape.map(() => 0);
    return sizes.map((length) => {
      const part = copyPart(
        backend,
        attachment,
        x,
        begin,
        x.shape.map((whole, i) => (i === along ? length : whole)),
      );
      begin[along] = begin[along]! + length;
      return part;
    });
  },
);

export const unpack: StockKernel = defineStockKernel<
  { readonly value: TensorInfo },
  { readonly axis: number }
>(Unpack, { value: NUMBERS }, ({ inputs: { value }, attrs: { axis }, backend, attachment }) => {
  const along = util.parseAxisParam(axis, value.shape)[0]!;
  const size = value.shape.map((length, i) => (i === along ? 1 : length));
  return Array.from({ length: value.shape[along]! }, (_, i) => {
    const begin = value.shape.map((_length, each) => (each === along ? i : 0));
    const part = copyPart(backend, attachment, value, begin, size);
    return { ...part, shape: value.shape.filter((_length, each) => each !== along) };
  });
});
