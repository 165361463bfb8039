import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Call } from '../kernels/kernel.ts';
import type { Operands } from '../operands.ts';

/**
 * Stock kernel: a faster way to do what a kernel of tfjs-backend-wasm does, for some of its calls.
 *
 * A kernel under the name of one of tfjs.
 */
export interface StockKernel {
  readonly name: string;
  /** What it reads; calls with other types are for the stock kernel, and are converted where there is none. */
  readonly operands: Operands;
  /** The result, or undefined for calls that the stock kernel shall answer. */
  run(call: Call): TensorInfo | TensorInfo[] | undefined;
}

/** Gives a kernel the types of its inputs and attributes. */
export function defineStockKernel<Inputs, Attributes>(
  name: string,
  operands: Operands<Inputs>,
  run: (call: Call<Inputs, Attributes>) => TensorInfo | TensorInfo[] | undefined,
): StockKernel {
  return Object.freeze({ name, operands: operands as Operands, run: run as unknown as StockKernel['run'] });
}
