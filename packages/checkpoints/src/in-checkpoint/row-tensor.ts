import { bytesOf } from '../safetensors/dtype.ts';
import type { Checkpoint, Dtype, PlannedTensor } from '../safetensors/index.ts';
import { wrongAt } from '../safetensors/place.ts';

/** A tensor that is made while it is written, row by row of its first axis where it has one for each expert. */
export interface RowTensor extends PlannedTensor {
  row?(at: number): Promise<Uint8Array>;
}

/** A tensor [rows, ...rest] of which each row is made by itself. */
export function tensorOfRows(
  name: string,
  dtype: Dtype,
  shape: readonly number[],
  row: (at: number) => Promise<Uint8Array>,
): RowTensor {
  async function* chunks(): AsyncIterable<Uint8Array> {
    for (let at = 0; at < shape[0]!; at++) yield await row(at);
  }
  return { name, dtype, shape, chunks, row };
}

/** Tensors that are not written yet as a checkpoint: what is asked for is made. */
export function plannedCheckpoint(name: string, tensors: ReadonlyMap<string, RowTensor>): Checkpoint {
  const known = (tensor: string): RowTensor => {
    const found = tensors.get(tensor);
    if (found === undefined) throw wrongAt({ file: name }, 'there is no such tensor', tensor);
    return found;
  };
  const read = async (tensor: string) => {
    const { dtype, shape, chunks } = known(tensor);
    const bytes = new Uint8Array(bytesOf(dtype, shape) as number);
    let at = 0;
    for await (const chunk of chunks()) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return { name: tensor, dtype, shape, bytes };
  };
  return {
    name,
    names: [...tensors.keys()],
    metadata: new Map(),
    has: (tensor) => tensors.has(tensor),
    async info(tensor) {
      const { dtype, shape } = known(tensor);
      return { name: tensor, dtype, shape, begin: 0, end: bytesOf(dtype, shape) as number };
    },
    read,
    async readRows(tensor, begin, end) {
      const { dtype, row, shape } = known(tensor);
      const rest = [end - begin, ...shape.slice(1)];
      if (row !== undefined && end === begin + 1)
        return { name: tensor, dtype, shape: rest, bytes: await row(begin) };
      const { bytes } = await read(tensor);
      const size = bytes.length / shape[0]!;
      return { name: tensor, dtype, shape: rest, bytes: bytes.subarray(begin * size, end * size) };
    },
    async readNumbers(tensor, begin, end) {
      const { bytes, dtype, shape } = await read(tensor);
      const size = bytes.length / shape.reduce((product, length) => product * length, 1);
      return { name: tensor, dtype, shape: [end - begin], bytes: bytes.subarray(begin * size, end * size) };
    },
  };
}
