import type { Dtype } from './dtype.ts';
import type { TensorInfo } from './header.ts';

/** A tensor with its numbers as they lie in a file: little endian, row by row. */
export interface TensorData {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Tensors by name, in one file or many, of which none is read before it is asked for. */
export interface Checkpoint {
  /** Named in errors. */
  readonly name: string;
  /** The names of all tensors. */
  readonly names: readonly string[];
  /** What stands beside the tensors. */
  readonly metadata: ReadonlyMap<string, string>;
  has(name: string): boolean;
  /** Dtype, shape and place of a tensor. */
  info(name: string): Promise<TensorInfo>;
  /** One tensor. */
  read(name: string): Promise<TensorData>;
  /** The entries from `begin` until before `end` of a tensor's first axis, such as one expert of all. */
  readRows(name: string, begin: number, end: number): Promise<TensorData>;
  /** The numbers from `begin` until before `end` of a tensor, row by row: a tensor with one axis. */
  readNumbers(name: string, begin: number, end: number): Promise<TensorData>;
}
