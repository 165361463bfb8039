import { type Expert, MoeError } from '@tfjs-moe/core';
import { readPieces } from '../families/read-block.ts';
import { storedTensors } from '../families/stored-tensors.ts';
import { intoPiece, type Piece } from '../families/tensor-layout.ts';
import { type Checkpoint, type Dtype, tensorData } from '../safetensors/index.ts';
import { alignedTo, type OneExpert } from '../surgery/aligned-expert.ts';
import { sharesOf } from '../surgery/merge-experts.ts';
import type { BlockOfModel } from './blocks-of-model.ts';
import { type RowTensor, tensorOfRows } from './row-tensor.ts';
import { partOf } from './run-block.ts';
import type { TakenExperts } from './taken-experts.ts';

/** What is merged, and how. */
export interface Merging {
  /** The experts of every group, the one that the others are aligned to first. */
  readonly groups: readonly (readonly number[])[];
  readonly frequency: readonly number[];
  readonly isAligned: boolean;
  readonly expert: Expert;
}

/** The kernels and biases of merged experts, each made when it is written. */
export async function mergedTensors(
  who: string,
  checkpoint: Checkpoint,
  block: BlockOfModel,
  merging: Merging,
): Promise<TakenExperts> {
  const { groups } = merging;
  const all = Array.from({ length: block.sizes.experts }, (_, e) => e);
  const gone = storedTensors(partOf(block, 'expert/', all)).map(({ name }) => name);
  const merged = lastOf((group) => mergedExpert(checkpoint, block, merging, groups[group]!));
  const now = { ...block, sizes: { ...block.sizes, experts: groups.length } };
  const tensors = new Map<string, RowTensor>();
  for (const group of groups.keys())
    for (const piece of partOf(now, 'expert/', [group])) {
      const { tensor: name, row, shape } = piece;
      if (tensors.has(name)) continue;
      const old = partOf(block, 'expert/', [groups[group]![0]!]).find(
        (each) => each.views[0]!.weight === piece.views[0]!.weight,
      )!;
      const dtype = old.isPacked ? 'MXFP4' : (await checkpoint.info(old.tensor)).dtype;
      if (!isFloat(dtype)) {
        const rule = `${name} must be in F32, BF16 or F16 to be averaged; \`convertCheckpoint\`, or moe convert, makes it so`;
        throw new MoeError(who, rule, dtype);
      }
      const bytesOf = async (at: number) =>
        written(partOf(now, 'expert/', [at]).find((each) => each.tensor === name)!, await merged(at), dtype);
      tensors.set(
        name,
        row === undefined
          ? { name, dtype, shape, chunks: () => once(bytesOf(group)) }
          : tensorOfRows(name, dtype, shape, bytesOf),
      );
    }
  return { gone, tensors: [...tensors.values()] };
}

function isFloat(dtype: string): dtype is Dtype & ('F32' | 'BF16' | 'F16') {
  return ['F32', 'BF16', 'F16'].includes(dtype);
}

async function* once(bytes: Promise<Uint8Array>): AsyncIterable<Uint8Array> {
  yield await bytes;
}

/** Remembers what was asked for last: tensors of one expert follow each other. */
function lastOf<T>(make: (at: number) => Promise<T>): (at: number) => Promise<T> {
  let last: { at: number; made: Promise<T> } | undefined;
  return (at) => {
    if (last?.at !== at) last = { at, made: make(at) };
    return last.made;
  };
}

function written(piece: Piece, numbers: OneExpert, dtype: Dtype): Uint8Array {
  const axes = piece.row === undefined ? piece.shape : piece.shape.slice(1);
  const whole = new Float32Array(axes.reduce((product, size) => product * size, 1));
  intoPiece(piece, whole, (name) => numbers[name.slice('expert/'.length)]!);
  return tensorData(piece.tensor, dtype, axes, whole).bytes;
}

/** The average of a group, each expert with its units in the order of the first. */
async function mergedExpert(
  checkpoint: Checkpoint,
  block: BlockOfModel,
  { expert, frequency, isAligned }: Merging,
  group: readonly number[],
): Promise<OneExpert> {
  const { features } = block.sizes;
  const shares = sharesOf(group.map((e) => frequency[e]!));
  const first = await oneExpert(checkpoint, block, group[0]!);
  const sums = new Map(
    Object.entries(first).map(([name, numbers]) => [name, new Float64Array(numbers.length)]),
  );
  for (const [i, e] of group.entries()) {
    const own = i === 0 ? first : await oneExpert(checkpoint, block, e);
    const aligned = isAligned && i > 0 ? alignedTo(first, own, { expert, features, units: features }) : own;
    for (const [name, sum] of sums) {
      const numbers = aligned[name]!;
      for (let at = 0; at < sum.length; at++) sum[at]! += shares[i]! * numbers[at]!;
    }
  }
  return Object.fromEntries([...sums].map(([name, sum]) => [name, Float32Array.from(sum)]));
}

async function oneExpert(checkpoint: Checkpoint, block: BlockOfModel, e: number): Promise<OneExpert> {
  const pieces = partOf(block, 'expert/', [e]);
  const numbers: Record<string, Float32Array> = {};
  const sizes = new Map<string, number>();
  for (const { views } of pieces)
    for (const { columns, rows, weight } of views) sizes.set(weight, rows * columns);
  await readPieces(checkpoint, pieces, block.sizes.experts, (weight) => {
    const name = weight.slice('expert/'.length);
    numbers[name] ??= new Float32Array(sizes.get(weight)!);
    return numbers[name];
  });
  return numbers;
}
