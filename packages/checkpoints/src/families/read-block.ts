import { expectInteger, MoeError } from '@tfjs-moe/core';
import { type Checkpoint, decodeMxfp4, floatsOf, type TensorData } from '../safetensors/index.ts';
import type { CheckedBlock } from './check-block.ts';
import { families } from './families.ts';
import type { FamilyName } from './family.ts';
import { piecesOf } from './pieces.ts';
import { factorsOf, multipliedByFactors } from './stored-tensors.ts';
import { byTensor, fromPiece, type Piece } from './tensor-layout.ts';

/**
 * Reads the numbers of a block into the weights of a layer, tensor by tensor: beside the weights, never more than one is in
 * memory.
 * @param experts those that are wanted; of a tensor that holds all, only their rows are read
 */
export async function readBlock(
  checkpoint: Checkpoint,
  family: FamilyName,
  { layout, sizes }: CheckedBlock,
  experts: readonly number[],
  weightOf: (name: string) => Float32Array,
): Promise<void> {
  await readPieces(checkpoint, piecesOf(families[family], layout, sizes, experts), sizes.experts, weightOf);
}

/** Reads the numbers of some pieces, of tensors that may have a row for each of so many experts. */
export async function readPieces(
  checkpoint: Checkpoint,
  all: readonly Piece[],
  experts: number,
  weightOf: (name: string) => Float32Array,
): Promise<void> {
  for (const pieces of byTensor(all).values()) {
    const [first] = pieces;
    const isWhole = pieces.length === 1 || pieces.length === experts;
    if (first!.row === undefined || (isWhole && pieces.length > 1)) {
      const numbers = await numbersIn(checkpoint, first!, undefined);
      for (const piece of pieces) {
        const size = numbers.length / (piece.row === undefined ? 1 : piece.shape[0]!);
        const from = (piece.row ?? 0) * size;
        fromPiece(piece, numbers.subarray(from, from + size), weightOf);
      }
    } else
      for (const piece of pieces) fromPiece(piece, await numbersIn(checkpoint, piece, piece.row), weightOf);
  }
}

/** The numbers of a piece, whatever they are stored in. */
export async function numbersIn(
  checkpoint: Checkpoint,
  { tensor, shape, isPacked }: Piece,
  row: number | undefined,
): Promise<Float32Array> {
  const read = (name: string): Promise<TensorData> =>
    row === undefined ? checkpoint.read(name) : checkpoint.readRows(name, row, row + 1);
  if (isPacked) return decodeMxfp4(await read(`${tensor}_blocks`), await read(`${tensor}_scales`)).numbers;
  const numbers = floatsOf(await read(tensor));
  const factors = factorsOf({ name: tensor, shape });
  if (shape.length !== 2 || !checkpoint.has(factors.name)) return numbers;
  const all = floatsOf(await checkpoint.read(factors.name));
  return multipliedByFactors(numbers, shape, all, row);
}

/** The numbers of experts that were asked for, each once. */
export function expectExpertNumbers(
  who: string,
  given: readonly number[],
  experts: number,
): readonly number[] {
  if (!Array.isArray(given) || given.length === 0 || new Set(given).size !== given.length)
    throw new MoeError(who, 'experts must be a list of different numbers of experts', given);
  for (const each of given) expectInteger(who, 'experts', each, { min: 0, max: experts - 1 });
  return given;
}
