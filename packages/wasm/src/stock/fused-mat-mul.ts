import { _FusedMatMul, type TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { planOfProduct } from '../threads/plan.ts';
import { groupedProduct } from '../threads/products.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

interface Inputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
  readonly bias?: TensorInfo;
}

interface Attributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly activation: string;
}

/**
 * `_FusedMatMul`, the forward pass of a dense layer with its bias, where threads share it. XNNPACK, which does it
 * otherwise, adds in the same order: results have the same bits. Activations but ReLU, batches and transposed operands are
 * left to it.
 */
export const fusedMatMul: StockKernel = defineStockKernel<Inputs, Attributes>(
  _FusedMatMul,
  { a: FLOATS, b: FLOATS, bias: FLOATS },
  ({ inputs: { a, b, bias }, attrs, backend, attachment }) => {
    const relu = attrs.activation === 'relu';
    const plain = (relu || attrs.activation === 'linear') && !attrs.transposeA && !attrs.transposeB;
    if (!plain) return undefined;
    const [rows, depth] = a.shape.slice(-2) as [number, number];
    const units = b.shape.at(-1) as number;
    if ([...a.shape.slice(0, -2), ...b.shape.slice(0, -2)].some((size) => size !== 1)) return undefined;
    if (bias != null && (bias.shape.length !== 1 || bias.shape[0] !== units)) return undefined;
    const sizes = { offsets: [0, rows], depth, units };
    const plan = planOfProduct(attachment, sizes);
    if (plan === undefined) return undefined;
    const y = newTensor(backend, [...a.shape.slice(0, -1), units]);
    const product = {
      x: addressOf(backend, a),
      kernels: addressOf(backend, b),
      bias: bias == null ? 0 : addressOf(backend, bias),
      y: addressOf(backend, y),
    };
    groupedProduct(attachment, { ...product, ...sizes, transposed: false, relu }, plan);
    return y;
  },
);
