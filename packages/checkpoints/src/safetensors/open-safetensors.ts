import { expectInteger } from '@tfjs-moe/core';
import { type ByteSource, checked } from './byte-source.ts';
import type { Checkpoint, TensorData } from './checkpoint.ts';
import { bitsOf } from './dtype.ts';
import { readHeader, type TensorInfo } from './header.ts';
import { wrongAt } from './place.ts';

/**
 * Opens a safetensors file: its header is read and held to all rules of the format, its numbers stay where they are until
 * they are asked for.
 *
 * A file with a hole, an overlap, bytes after the last tensor, a size that is not its shape's, a name twice or a dtype that
 * the format does not have is refused, with the tensor and the byte. Nothing larger than the file is allocated.
 *
 * @param given of `bytesSource`, `blobSource`, `fileSource` or `urlSource`, or one of your own, which is held to its word
 * @example
 * const file = await openSafetensors(await urlSource('https://example.org/model.safetensors'));
 * const one = await file.read('model.layers.0.mlp.experts.3.up_proj.weight');
 */
export async function openSafetensors(given: ByteSource): Promise<Checkpoint> {
  const source = checked(given);
  const { tensors, metadata } = await readHeader(source);
  const file = source.name;

  function known(name: string): TensorInfo {
    const info = tensors.get(name);
    if (info === undefined) throw wrongAt({ file }, 'there is no such tensor', name);
    return info;
  }

  /** Entries of an axis of so many, each of so many numbers. */
  async function readPart(
    name: string,
    [begin, end]: readonly [number, number],
    [count, each]: readonly [number, number],
  ): Promise<Uint8Array> {
    const { dtype, ...place } = known(name);
    const who = `${file}: tensor ${JSON.stringify(name)}`;
    expectInteger(who, 'end', end, { min: 0, max: count });
    expectInteger(who, 'begin', begin, { min: 0, max: end });
    const bits = each * bitsOf(dtype);
    if ((begin * bits) % 8 !== 0 || (end * bits) % 8 !== 0)
      throw wrongAt({ file, tensor: name }, `rows of ${bits} bits must begin and end with a byte`, [
        begin,
        end,
      ]);
    return source.read(place.begin + (begin * bits) / 8, place.begin + (end * bits) / 8);
  }

  async function readRows(name: string, begin: number, end: number): Promise<TensorData> {
    const { dtype, shape } = known(name);
    const [rows, ...rest] = shape;
    if (rows === undefined) throw wrongAt({ file, tensor: name }, 'a tensor without axes has no rows');
    const bytes = await readPart(name, [begin, end], [rows, sizeOf(rest)]);
    return { name, dtype, shape: [end - begin, ...rest], bytes };
  }

  async function readNumbers(name: string, begin: number, end: number): Promise<TensorData> {
    const { dtype, shape } = known(name);
    return {
      name,
      dtype,
      shape: [end - begin],
      bytes: await readPart(name, [begin, end], [sizeOf(shape), 1]),
    };
  }

  return Object.freeze<Checkpoint>({
    name: file,
    names: [...tensors.keys()],
    metadata,
    has: (name) => tensors.has(name),
    info: async (name) => known(name),
    async read(name) {
      const { dtype, shape, begin, end } = known(name);
      return { name, dtype, shape, bytes: await source.read(begin, end) };
    },
    readRows,
    readNumbers,
  });
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
