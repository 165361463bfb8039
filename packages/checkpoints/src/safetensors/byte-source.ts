import { MoeError } from '@tfjs-moe/core';
import { wrongAt } from './place.ts';

/** Something that bytes can be read of, some at a time. */
export interface ByteSource {
  /** Named in errors. */
  readonly name: string;
  /** Number of bytes. */
  readonly size: number;
  /** The bytes from `begin` until before `end`. What is returned is as long as was asked for. */
  read(begin: number, end: number): Promise<Uint8Array>;
}

/** What is used of a file that Node has opened: `import('node:fs/promises').FileHandle`. */
export interface FileHandleLike {
  stat(): Promise<{ readonly size: number }>;
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/**
 * Bytes that are there already. They are not copied.
 * @param name in errors
 */
export function bytesSource(bytes: Uint8Array | ArrayBuffer, name = 'bytes'): ByteSource {
  const all = bytes instanceof Uint8Array ? plainBytes(bytes) : new Uint8Array(bytes);
  return checked({ name, size: all.length, read: async (begin, end) => all.subarray(begin, end) });
}

/**
 * A Blob, or a File that a user chose in the browser: of it only the slices that are asked for are read.
 * @param name in errors. Default the name of the file
 */
export function blobSource(blob: Blob, name: string = (blob as File).name ?? 'blob'): ByteSource {
  const read = async (begin: number, end: number) =>
    new Uint8Array(await blob.slice(begin, end).arrayBuffer());
  return checked({ name, size: blob.size, read });
}

/**
 * A file that Node has opened. It stays open: whoever opened it closes it.
 * @param handle of `node:fs/promises`
 * @param name in errors
 */
export async function fileSource(handle: FileHandleLike, name = 'file'): Promise<ByteSource> {
  const { size } = await handle.stat();
  async function read(begin: number, end: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(end - begin);
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, done, bytes.length - done, begin + done);
      if (bytesRead === 0) throw wrongAt({ file: name, byte: begin + done }, 'the file became shorter');
      done += bytesRead;
    }
    return bytes;
  }
  return checked({ name, size, read });
}

/** Holds a source to its word: ranges inside the file, as many bytes as were asked for, failures with their place. */
export function checked(source: ByteSource): ByteSource {
  const file = source.name;
  return Object.freeze<ByteSource>({
    name: file,
    size: source.size,
    async read(begin, end) {
      const isRange = Number.isSafeInteger(begin) && Number.isSafeInteger(end) && 0 <= begin && begin <= end;
      if (!isRange || end > source.size)
        throw wrongAt({ file }, `bytes must be a range in the ${source.size} of the file`, [begin, end]);
      if (begin === end) return new Uint8Array(0);
      const bytes = await source.read(begin, end).catch((error: unknown) => {
        if (error instanceof MoeError) throw error;
        throw wrongAt({ file, byte: begin }, `reading failed: ${(error as Error)?.message ?? error}`);
      });
      if (bytes.length !== end - begin)
        throw wrongAt({ file, byte: begin }, `${end - begin} bytes were asked for`, bytes.length);
      return plainBytes(bytes);
    },
  });
}

/** Of a Buffer of Node, whose slices are no copies and lie in a pool, only the bytes. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
