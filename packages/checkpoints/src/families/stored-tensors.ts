import type { Piece } from './tensor-layout.ts';

/** A tensor that a file must have. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Numbers in a block of MXFP4. */
const BLOCK = 32;
/** Rows and columns that share a factor, where kernels are stored in F8. */
const SHARED_FACTOR = 128;

/** The tensors that pieces lie in, each once. */
export function storedTensors(pieces: readonly Piece[]): StoredTensor[] {
  const stored = new Map<string, StoredTensor>();
  for (const { tensor, shape, isPacked } of pieces) {
    const all = isPacked ? packed(tensor, shape) : [{ name: tensor, shape }];
    for (const one of all) stored.set(one.name, one);
  }
  return [...stored.values()];
}

function packed(tensor: string, shape: readonly number[]): StoredTensor[] {
  const blocks = [...shape.slice(0, -1), shape.at(-1)! / BLOCK];
  return [
    { name: `${tensor}_blocks`, shape: [...blocks, BLOCK / 2] },
    { name: `${tensor}_scales`, shape: blocks },
  ];
}

/** The factors of a kernel in F8, as DeepSeek-V3 is published: one for every 128 rows and 128 columns. */
export function factorsOf({ name, shape }: StoredTensor): StoredTensor {
  return { name: `${name}_scale_inv`, shape: shape.map((size) => Math.ceil(size / SHARED_FACTOR)) };
}

/** A kernel [rows, columns], or one row of it, times its factors. */
export function multipliedByFactors(
  numbers: Float32Array,
  [, columns]: readonly number[],
  factors: Float32Array,
  row = 0,
): Float32Array {
  const across = Math.ceil(columns! / SHARED_FACTOR);
  return numbers.map((value, i) => {
    const r = row + Math.floor(i / columns!);
    const c = i % columns!;
    return value * factors[Math.floor(r / SHARED_FACTOR) * across + Math.floor(c / SHARED_FACTOR)]!;
  });
}
