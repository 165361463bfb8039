import type { TensorData } from './checkpoint.ts';
import { bitsOf, bytesOf, dtypes, isDtype } from './dtype.ts';
import { LONGEST_HEADER } from './header.ts';
import { type Place, wrongAt } from './place.ts';

/** What stands beside the tensors of a file, by name. */
export type Metadata = Readonly<Record<string, string>> | ReadonlyMap<string, string>;

/**
 * Writes a safetensors file: wide numbers first, so that each lies at a multiple of its size, then by name. The same tensors
 * give the same bytes, in whichever order they come.
 *
 * @param tensors with unique names
 * @param metadata texts by name, such as `{ format: 'pt' }`, which transformers wants to see
 * @throws MoeError for a name twice, bytes that are not the shape's, or half a character in a name
 */
export function writeSafetensors(tensors: Iterable<TensorData>, metadata: Metadata = {}): Uint8Array {
  const chunks = safetensorsChunks(tensors, metadata);
  const file = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  return file;
}

/** A file as `writeSafetensors` has it, in pieces that are not copied: the header, then the bytes of each tensor. */
export function safetensorsChunks(
  tensors: Iterable<TensorData>,
  metadata: Metadata = {},
): readonly Uint8Array[] {
  const sorted = inFileOrder(tensors);
  const header = headerOf(
    sorted.map(({ name, dtype, shape, bytes }) => ({ name, dtype, shape, size: bytes.length })),
    metadata,
  );
  return [header, ...sorted.map(({ bytes }) => bytes)];
}

/** Tensors in the order in which they are written. */
export function inFileOrder<T extends Pick<TensorData, 'name' | 'dtype'>>(tensors: Iterable<T>): T[] {
  return [...tensors].sort(
    (a, b) => bitsOf(b.dtype) - bitsOf(a.dtype) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
}

/** A tensor as the header has it: without its bytes, whose number is known. */
export interface SizedTensor extends Omit<TensorData, 'bytes'> {
  readonly size: number;
}

/** What stands in a file before the bytes of its tensors, which are in their order. */
export function headerOf(sorted: readonly SizedTensor[], metadata: Metadata): Uint8Array {
  const texts = metadata instanceof Map ? [...metadata] : Object.entries(metadata);
  for (const [name, value] of texts)
    if (typeof value !== 'string' || !isWellFormed(name) || !isWellFormed(value))
      throw wrongAt({ file: WHO }, 'metadata must hold texts by name', [name, value]);
  const parts =
    texts.length === 0 ? [] : [`"__metadata__":${object(texts.map(([n, v]) => [n, JSON.stringify(v)]))}`];
  const names = new Set<string>();
  let end = 0;
  for (const tensor of sorted) {
    expectTensor(tensor, names);
    const { name, dtype, shape, size } = tensor;
    const offsets = [end, end + size];
    const says = [
      ['dtype', JSON.stringify(dtype)],
      ['shape', JSON.stringify(shape)],
      ['data_offsets', JSON.stringify(offsets)],
    ] as const;
    parts.push(`${JSON.stringify(name)}:${object(says)}`);
    end += size;
  }
  const json = new TextEncoder().encode(`{${parts.join(',')}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > LONGEST_HEADER)
    throw wrongAt({ file: WHO }, `the header may have ${LONGEST_HEADER} bytes`, length);
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return header;
}

const WHO = 'writeSafetensors';

function object(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

function expectTensor(tensor: SizedTensor, names: Set<string>): void {
  const { name, dtype, shape, size } = tensor;
  if (typeof name !== 'string' || name === '__metadata__' || !isWellFormed(name))
    throw wrongAt({ file: WHO }, 'a tensor needs a name of its own', name);
  const place: Place = { file: WHO, tensor: name };
  if (names.has(name)) throw wrongAt(place, 'two tensors have this name');
  names.add(name);
  if (!isDtype(dtype)) throw wrongAt(place, `dtype must be one of ${dtypes.join(', ')}`, dtype);
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0))
    throw wrongAt(place, 'shape must be a list of integers that are not negative', shape);
  const wanted = bytesOf(dtype, shape);
  if (size !== wanted) throw wrongAt(place, `${dtype} [${shape.join(', ')}] needs ${wanted} bytes`, size);
}

function isWellFormed(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}
