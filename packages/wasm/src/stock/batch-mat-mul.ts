import { BatchMatMul, broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { planOfProduct } from '../threads/plan.ts';
import { groupedKernelGradient, groupedProduct } from '../threads/products.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

interface Inputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

interface Attributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * `BatchMatMul` with a transposed operand or a batch, which the stock kernel computes in scalar loops at 1 to 3 GFLOP/s.
 * Gradients of every dense layer and all of attention are such products. Plain 2-D products stay with XNNPACK, unless
 * threads share them (both add in the same order, to the same bits), and so do two transposed operands, which no gradient
 * asks for.
 */
export const batchMatMul: StockKernel = defineStockKernel<Inputs, Attributes>(
  BatchMatMul,
  { a: FLOATS, b: FLOATS },
  ({ inputs: { a, b }, attrs: { transposeA, transposeB }, backend, attachment }) => {
    const [batchesOfA, batchesOfB] = [a, b].map(({ shape }) => shape.slice(0, -2)) as [number[], number[]];
    const [countA, countB] = [batchesOfA, batchesOfB].map(util.sizeFromShape) as [number, number];
    const plain = countA === 1 && countB === 1 && !transposeA && !transposeB;
    if (transposeA && transposeB) return undefined;
    // One batch may serve them all; anything between is rare, and so are shapes that do not fit.
    if (countA !== 1 && countB !== 1 && batchesOfA.join() !== batchesOfB.join()) return undefined;
    const [rows, depth] = lastTwo(a, transposeA);
    const [depthOfB, units] = lastTwo(b, transposeB);
    if (depth !== depthOfB) return undefined;
    const plan = plain ? planOfProduct(attachment, { offsets: [0, rows], depth, units }) : undefined;
    if (plain && plan === undefined) return undefined;

    const batches = broadcast_util.assertAndGetBroadcastShape(batchesOfA, batchesOfB);
    const y = newTensor(backend, [...batches, rows, units]);
    if (util.sizeFromShape(y.shape) === 0) return y;
    const [from, by, to] = [addressOf(backend, a), addressOf(backend, b), addressOf(backend, y)];
    // One b for all batches of a: they are one product with more rows. As many of both: a grouped product.
    const joined = countB === 1 && !transposeA;
    const stacked = countA === countB;
    const group = transposeA ? depth : joined ? countA * rows : rows;
    const offsets = Array.from({ length: (stacked ? countA : 1) + 1 }, (_, i) => i * group);
    for (let i = 0; i < (joined || stacked ? 1 : Math.max(countA, countB)); i++) {
      const left = from + 4 * (countA === 1 ? 0 : i * rows * depth);
      const right = by + 4 * (countB === 1 ? 0 : i * depth * units);
      const out = to + 4 * i * rows * units;
      if (transposeA) {
        const sizes = { offsets, depth: rows, units };
        groupedKernelGradient(attachment, { x: left, dy: right, gradient: out, ...sizes });
      } else {
        const sizes = { offsets, depth, units, transposed: transposeB };
        groupedProduct(attachment, { x: left, kernels: right, bias: 0, y: out, ...sizes }, plan);
      }
    }
    return y;
  },
);

/** Rows and columns of the matrices after transposition. */
function lastTwo({ shape }: TensorInfo, transposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return transposed ? [columns, rows] : [rows, columns];
}
