import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Attachment } from '../attach.ts';
import type { Operands } from '../operands.ts';

/** One call of a kernel. */
export interface Call<Inputs = Record<string, TensorInfo>, Attributes = Record<string, unknown>> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly backend: BackendWasm;
  readonly attachment: Attachment;
}

/**
 * Kernel: an operation on the heap of the wasm backend, by the name under which tfjs looks it up.
 *
 * A kernel that tfjs does not have.
 */
export interface Kernel {
  readonly name: string;
  /** What it reads; other types of number are converted. */
  readonly operands: Operands;
  run(call: Call): TensorInfo | TensorInfo[];
}

/** Gives a kernel the types of its inputs and attributes. */
export function defineKernel<Inputs, Attributes>(
  name: string,
  operands: Operands<Inputs>,
  run: (call: Call<Inputs, Attributes>) => TensorInfo | TensorInfo[],
): Kernel {
  return Object.freeze({ name, operands: operands as Operands, run: run as unknown as Kernel['run'] });
}
