import { type TensorInfo, Transpose, util } from '@tensorflow/tfjs-core';
import { addressOf, newTensor } from '../backend-memory.ts';
import { NUMBERS } from '../operands.ts';
import { copyStrided } from './copy-strided.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

/**
 * `Transpose`. Two runs of axes that change places, [..., A, B] or [..., A, B, inner], are matrices, or the heads of an
 * attention layer; any other permutation, as of heads that are split at once, moves the longest runs that there are.
 * One that moves nothing stays with the stock kernel.
 */
export const transpose: StockKernel = defineStockKernel<
  { readonly x: TensorInfo },
  { readonly perm: number[] }
>(Transpose, { x: NUMBERS }, ({ inputs: { x }, attrs: { perm }, backend, attachment }) => {
  const shape = perm.map((axis) => x.shape[axis]!);
  if (movesNothing(x.shape, perm) || util.bytesPerElement(x.dtype) !== 4) return undefined;
  const swap = swapOf(x.shape, perm);
  if (swap === undefined) {
    const strides = [...util.computeStrides(x.shape), 1];
    const axes = perm.map((axis) => ({ size: x.shape[axis]!, stride: strides[axis]! }));
    return copyStrided(backend, attachment, x, shape, axes);
  }
  const { count, rows, columns, inner } = swap;
  const out = newTensor(backend, shape, x.dtype);
  const [from, to] = [addressOf(backend, x), addressOf(backend, out)];
  if (inner === 1) {
    attachment.kernels.transposeMatrices(from, to, count, rows, columns);
    return out;
  }
  const bytes = 4 * inner;
  for (let matrix = 0; matrix < count; matrix++) {
    const start = matrix * rows * columns * bytes;
    for (let column = 0; column < columns; column++) {
      const source = from + start + column * bytes;
      attachment.kernels.copyRuns(
        source,
        columns * bytes,
        to + start + column * rows * bytes,
        bytes,
        rows,
        bytes,
      );
    }
  }
  return out;
});

function movesNothing(shape: readonly number[], perm: readonly number[]): boolean {
  const axes = perm.filter((axis) => shape[axis] !== 1);
  return shape.includes(0) || axes.every((axis, i) => i === 0 || axis > axes[i - 1]!);
}

/** The permutation as [count, rows, columns, inner] to [count, columns, rows, inner]. */
function swapOf(shape: readonly number[], perm: readonly number[]) {
  const axes = perm.filter((axis) => shape[axis] !== 1);
  const order = [...axes].sort((a, b) => a - b);
  const start = axes.findIndex((axis, i) => axis !== order[i]);
  if (start < 0 || shape.includes(0)) return undefined;
  let end = axes.length;
  while (axes[end - 1] === order[end - 1]) end--;
  // In between, the axes must be two runs in the wrong order.
  const [moved, sorted] = [axes.slice(start, end), order.slice(start, end)];
  const cut = moved.indexOf(sorted[0]!);
  if (![...moved.slice(cut), ...moved.slice(0, cut)].every((axis, i) => axis === sorted[i])) return undefined;
  const product = (list: readonly number[]) => list.reduce((size, axis) => size * shape[axis]!, 1);
  return {
    count: product(axes.slice(0, start)),
    rows: product(moved.slice(cut)),
    columns: product(moved.slice(0, cut)),
    inner: product(axes.slice(end)),
  };
}
