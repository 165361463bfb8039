/** `Tanh`, `Erf`, `Exp` and `Sigmoid`, one number at a time or slowly in tfjs: activations, and the gradient of gelu. */
import { Erf, Exp, Sigmoid, Tanh, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

export const tanh: StockKernel = elementwise(Tanh, 'tanh');
export const erf: StockKernel = elementwise(Erf, 'erf');
export const exp: StockKernel = elementwise(Exp, 'exp');
export const sigmoid: StockKernel = elementwise(Sigmoid, 'sigmoid');

function elementwise(name: string, kernel: 'tanh' | 'erf' | 'exp' | 'sigmoid'): StockKernel {
  return defineStockKernel<{ readonly x: TensorInfo }, unknown>(
    name,
    { x: FLOATS },
    ({ inputs: { x }, backend, attachment }) => {
      const y = newTensor(backend, x.shape);
      const size = util.sizeFromShape(x.shape);
      attachment.kernels[kernel](addressOf(backend, x), addressOf(backend, y), size);
      return y;
    },
  );
}
