/**
 * The IDX format: arrays of numbers of any rank, as MNIST and its relatives are distributed.
 *
 * Two zero bytes, a byte for the type of the entries, a byte for the number of axes, the length of each axis as a
 * big-endian 32-bit integer, then the entries in row-major order, big-endian too. Source: the page of the MNIST
 * database (LeCun, Cortes and Burges, 1998), "The IDX file format".
 */
import { expectInteger, MoeError } from '@tfjs-moe/core';

/** Arrays that an IDX file can hold. */
export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** An array of any rank: its entries in row-major order, and the length of each axis. */
export interface IdxArray<T extends IdxData = IdxData> {
  readonly shape: readonly number[];
  readonly data: T;
}

const AXIS_BYTES = 4;

/**
 * Reads an IDX array. Unsigned bytes are not copied: `data` is then a view of `bytes`.
 * @param bytes the whole file, not compressed
 * @param who named in errors, for example the file
 */
export function parseIdx(bytes: Uint8Array, who = 'parseIdx'): IdxArray {
  expectBytes(bytes, who);
  const { entries, axes } = parseMagic(bytes, who);
  const start = 4 + AXIS_BYTES * axes;
  if (bytes.length < start) {
    throw new MoeError(who, `an IDX header with ${axes} axes takes ${start} bytes`, bytesOf(bytes.length));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + AXIS_BYTES * axis));
  // Not by the product alone: infinity times zero is no number.
  const count = shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, 1);
  const expected = start + count * entries.bytes;
  if (bytes.length !== expected) {
    const verdict =
      bytes.length < expected ? 'the file is cut short' : 'the file goes on after its last entry';
    throw new MoeError(
      who,
      `${verdict}: an IDX array of shape [${shape.join(', ')}] takes ${bytesOf(expected)}`,
      bytesOf(bytes.length),
    );
  }
  return { shape, data: entries.read(view, start, count) };
}

/** The same, for arrays of unsigned bytes with a known number of axes. */
export function parseIdxBytes(bytes: Uint8Array, axes: number, who = 'parseIdxBytes'): IdxArray<Uint8Array> {
  expectInteger(who, 'axes', axes, { min: 0, max: 255 });
  const { shape, data } = parseIdx(bytes, who);
  if (data instanceof Uint8Array && shape.length === axes) return { shape, data };
  const kind = data.constructor.name.replace('Array', '');
  throw new MoeError(
    who,
    `expected unsigned bytes with ${axes} axes`,
    `${kind} of shape [${shape.join(', ')}]`,
  );
}

interface Entries {
  readonly bytes: number;
  read(view: DataView, start: number, count: number): IdxData;
}

// Typed arrays have the byte order of the machine, IDX is big-endian: every entry wider than a byte is read singly.
const ENTRIES: Readonly<Record<number, Entries>> = {
  8: { bytes: 1, read: (view, at, n) => new Uint8Array(view.buffer, view.byteOffset + at, n) },
  9: { bytes: 1, read: (view, at, n) => new Int8Array(view.buffer, view.byteOffset + at, n) },
  11: { bytes: 2, read: (view, at, n) => fill(new Int16Array(n), (i) => view.getInt16(at + 2 * i)) },
  12: { bytes: 4, read: (view, at, n) => fill(new Int32Array(n), (i) => view.getInt32(at + 4 * i)) },
  13: { bytes: 4, read: (view, at, n) => fill(new Float32Array(n), (i) => view.getFloat32(at + 4 * i)) },
  14: { bytes: 8, read: (view, at, n) => fill(new Float64Array(n), (i) => view.getFloat64(at + 8 * i)) },
};

function fill<T extends IdxData>(data: T, entry: (i: number) => number): T {
  for (let i = 0; i < data.length; i++) data[i] = entry(i);
  return data;
}

/** By what it calls itself: arrays of another window are no instances of this one's. */
function expectBytes(bytes: unknown, who: string): void {
  if (Object.prototype.toString.call(bytes) === '[object Uint8Array]') return;
  throw new MoeError(who, 'the file must be a Uint8Array; of an ArrayBuffer, new Uint8Array(buffer)', bytes);
}

function parseMagic(bytes: Uint8Array, who: string): { entries: Entries; axes: number } {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new MoeError(who, 'the file is compressed with gzip; decompress it first');
  }
  const [zero, zeroToo, type = -1, axes] = bytes;
  const entries = ENTRIES[type];
  if (zero === 0 && zeroToo === 0 && entries !== undefined && axes !== undefined) return { entries, axes };
  const rule =
    'not an IDX file: it must start with 00 00, a type (08, 09, 0b, 0c, 0d or 0e) and a number of axes';
  throw new MoeError(who, rule, hex(bytes.subarray(0, 4)));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function bytesOf(count: number): string {
  return `${count} bytes`;
}
