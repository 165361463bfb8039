import {
  type GradConfig,
  getBackend,
  getGradient,
  registerGradient,
  reshape,
  sum,
  type Tensor,
  type TensorInfo,
  Tile,
  unregisterGradient,
  util,
} from '@tensorflow/tfjs-core';
import { NUMBERS } from '../operands.ts';
import { copyStrided } from './copy-strided.ts';
import { placeLayerNormalization } from './layer-normalization.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

/**
 * `Tile`, and its gradient, for which tfjs cuts out every copy and adds it: some thousand kernels for the statistics of
 * one layer normalisation. Here it is one sum.
 */
export const tile: StockKernel = defineStockKernel<
  { readonly x: TensorInfo },
  { readonly reps: readonly number[] }
>(Tile, { x: NUMBERS }, ({ inputs: { x }, attrs: { reps }, backend, attachment }) => {
  useOwnGradient();
  placeLayerNormalization();
  if (util.bytesPerElement(x.dtype) !== 4 || reps.length !== x.shape.length) return undefined;
  const strides = [...util.computeStrides(x.shape), 1];
  const axes = x.shape.flatMap((size, axis) => [
    { size: reps[axis]!, stride: 0 },
    { size, stride: strides[axis]! },
  ]);
  const shape = x.shape.map((size, axis) => size * reps[axis]!);
  return copyStrided(backend, attachment, x, shape, axes);
});

let stock: GradConfig | undefined;

const own: GradConfig = {
  kernelName: Tile,
  inputsToSave: ['x'],
  gradFunc(dy, saved, attrs) {
    if (getBackend() !== 'wasm' && stock !== undefined) return stock.gradFunc(dy, saved, attrs);
    const [x] = saved as [Tensor];
    return { x: () => sumOfCopies(dy as Tensor, x.shape, attrs.reps as unknown as readonly number[]) };
  },
};

function sumOfCopies(dy: Tensor, shape: readonly number[], reps: readonly number[]): Tensor {
  // Runs of axes that are copies, or that are not, in turns.
  const sizes: number[] = [];
  const copies: number[] = [];
  let before: boolean | undefined;
  const take = (size: number, isCopy: boolean) => {
    if (size === 1) return;
    if (before === isCopy) sizes.push(sizes.pop()! * size);
    else {
      if (isCopy) copies.push(sizes.length);
      sizes.push(size);
    }
    before = isCopy;
  };
  shape.forEach((size, axis) => {
    take(reps[axis]!, true);
    take(size, false);
  });
  if (copies.length === 0) return reshape(dy, [...shape]);
  return reshape(sum(reshape(dy, sizes), copies), [...shape]);
}

/** tfjs may register its gradients later than this package its kernels, so the kernel looks after it. */
function useOwnGradient(): void {
  const present = getGradient(Tile) as GradConfig | undefined;
  if (present === own) return;
  stock = present;
  registerGradient(own);
}

/** Gives tfjs its gradient back. */
export function returnTileGradient(): void {
  if (getGradient(Tile) !== own) return;
  unregisterGradient(Tile);
  if (stock !== undefined) registerGradient(stock);
}
