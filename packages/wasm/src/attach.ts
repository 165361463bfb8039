import { type Heap, heapOf } from './backend-memory.ts';
import { compileAhead, engineHasSimd, instantiate, type Kernels } from './engine.ts';
import { warnOfStock } from './warn.ts';

/** The kernels on the memory of one backend. */
export interface Attachment {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  /** The same memory, and the way to take some of it. */
  readonly heap: Heap;
  /** Address of the work space that the products need. */
  readonly workspace: number;
  /** Runs some work with a block of memory that is free again afterwards. */
  withBytes(bytes: number, work: (address: number) => void): void;
  /** Address of a copy of some 32-bit integers, valid until the next call. */
  integers(values: ArrayLike<number>): number;
}

const attachments = new WeakMap<WebAssembly.Memory, Attachment>();

/**
 * Attaching: the kernels, instantiated on the memory of one backend. Nothing is copied between the two.
 *
 * A backend that is removed takes its memory with it and a new one brings another, so attachments are remembered by
 * memory. A memory that grows stays the same memory; only JavaScript views of it go stale, hence none is ever kept.
 *
 * Attaches to a backend; undefined, with one warning that says why, where that is impossible.
 */
export function attach(backend: unknown): Attachment | undefined {
  const heap = heapOf(backend);
  if (heap === undefined) {
    warnOfStock('this tfjs-backend-wasm does not show its memory');
    return undefined;
  }
  const known = attachments.get(heap.memory);
  if (known !== undefined) return known;
  if (!engineHasSimd()) {
    warnOfStock('this JavaScript engine has no WebAssembly SIMD');
    return undefined;
  }
  try {
    const attachment = attachmentOn(heap);
    attachments.set(heap.memory, attachment);
    return attachment;
  } catch (error) {
    warnOfStock(
      `${(error as Error).message}; where synchronous compilation is refused, await attachAsync() first`,
    );
    return undefined;
  }
}

/** The kernels on any memory. */
export function attachmentOn(heap: Heap): Attachment {
  const kernels = instantiate(heap.memory);
  const workspace = heap.allocate(kernels.workspaceBytes());
  let room = 256;
  let integers = heap.allocate(4 * room);
  return {
    kernels,
    memory: heap.memory,
    heap,
    workspace,
    withBytes(bytes, work) {
      const address = heap.allocate(bytes);
      try {
        work(address);
      } finally {
        heap.free(address);
      }
    },
    integers(values) {
      if (values.length > room) {
        heap.free(integers);
        room = 2 * values.length;
        integers = heap.allocate(4 * room);
      }
      new Int32Array(heap.memory.buffer, integers, values.length).set(values);
      return integers;
    },
  };
}

/** The same where a main thread refuses to compile at once (Chrome before 114): await it before training. */
export async function attachAsync(backend: unknown): Promise<Attachment | undefined> {
  const heap = heapOf(backend);
  if (heap !== undefined && engineHasSimd()) await compileAhead(heap.memory);
  return attach(backend);
}
