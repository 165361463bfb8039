import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGl } from '../program.ts';

/** A call of a kernel. */
export interface Call<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly backend: WebGl;
}

/** A kernel: its name, and what it does on the device. */
export interface Kernel {
  readonly name: string;
  run(call: Call<never, never>): TensorInfo | TensorInfo[];
}

/** Ties the types of a kernel's inputs and attributes to what it does. */
export function defineKernel<Inputs, Attributes>(
  name: string,
  run: (call: Call<Inputs, Attributes>) => TensorInfo | TensorInfo[],
): Kernel {
  return Object.freeze({ name, run: run as Kernel['run'] });
}
