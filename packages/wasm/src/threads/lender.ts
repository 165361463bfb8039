/** An array of equal units, rows or whole kernels, as workers see a stretch of it. */
export interface Lent {
  /** Where unit 0 would lie for a worker, though only the stretch is there. */
  readonly address: number;
  /** Brings the units up to `end` that were not brought before. */
  bring(end: number): void;
  /** Takes units back that a worker computed. */
  takeBack(from: number, end: number): void;
}

/**
 * Lender: brings operands to where workers see them.
 *
 * The memory of tfjs is shared with workers only in its threaded build. Elsewhere (always in Node) workers compute in a
 * memory of their own, and the rows that they need, and those that they computed, are copied.
 */
export interface Lender {
  /** Whether operands are copied. */
  readonly copies: boolean;
  /** The memory of the workers. */
  readonly memory: WebAssembly.Memory;
  /** Forgets what was lent for the last product. */
  clear(): void;
  /**
   * Lends units begin, ..., end - 1 of the array at an address, each so many bytes. Throws what the engine throws where
   * there is no memory for a copy.
   */
  lend(address: number, unitBytes: number, begin: number, end: number): Lent;
}

/** For a memory that workers share: everything lies where it is. */
export function sharedLender(memory: WebAssembly.Memory): Lender {
  return {
    copies: false,
    memory,
    clear() {},
    lend: (address) => ({ address, bring() {}, takeBack() {} }),
  };
}

const PAGE = 65_536;
/** 1 GB: address space is taken for all of it, which small devices do not have much of. */
const MOST_PAGES = 16_384;

/** For any other memory: copies to and from a memory next to it, whose first `reserved` bytes are left alone. */
export function copyingLender(heap: WebAssembly.Memory, reserved: number): Lender {
  const start = aligned(reserved);
  const initial = Math.ceil(start / PAGE);
  const memory = new WebAssembly.Memory({ initial, maximum: MOST_PAGES, shared: true });
  let top = start;
  return {
    copies: true,
    memory,
    clear() {
      top = start;
    },
    lend(address, unitBytes, begin, end) {
      const shift = top - begin * unitBytes;
      top = aligned(top + (end - begin) * unitBytes);
      const missing = top - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
      let brought = begin;
      return {
        // Negative for a stretch far from the beginning: addresses in WebAssembly wrap around.
        address: shift,
        bring(to) {
          if (to <= brought) return;
          copy(
            heap,
            address + brought * unitBytes,
            memory,
            shift + brought * unitBytes,
            (to - brought) * unitBytes,
          );
          brought = to;
        },
        takeBack(from, to) {
          copy(memory, shift + from * unitBytes, heap, address + from * unitBytes, (to - from) * unitBytes);
        },
      };
    },
  };
}

/** Views are made anew: either memory may have grown. */
function copy(
  from: WebAssembly.Memory,
  source: number,
  to: WebAssembly.Memory,
  target: number,
  bytes: number,
): void {
  new Float32Array(to.buffer, target, bytes / 4).set(new Float32Array(from.buffer, source, bytes / 4));
}

function aligned(address: number): number {
  return Math.ceil(address / 64) * 64;
}
