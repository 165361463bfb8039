/**
 * A memory of its own for kernels under test. Results are handed out full of NaN and between guards, so that a number
 * that is never written, or one that is written beyond the edge, is noticed.
 */
import { expect } from 'vitest';
import { instantiate, type Kernels } from '../src/engine.ts';

const GUARD = 64;
const MARK = 0xa5;

export interface Arena {
  readonly kernels: Kernels;
  readonly workspace: number;
  floats(values: ArrayLike<number>): number;
  integers(values: ArrayLike<number>): number;
  /** Room for a result of so many 4-byte numbers. */
  result(size: number): number;
  readFloats(address: number, size: number): Float32Array;
  readIntegers(address: number, size: number): Int32Array;
  /** Checks the guards of all results and forgets everything. */
  release(): void;
}

export function arena(pages = 256): Arena {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 65_536 });
  const kernels = instantiate(memory);
  const workspace = 64;
  const bottom = aligned(workspace + kernels.workspaceBytes());
  let top = bottom;
  let results: { address: number; bytes: number }[] = [];

  function take(bytes: number): number {
    const address = top;
    top = aligned(top + bytes);
    if (top > memory.buffer.byteLength) throw new Error('the arena is too small');
    return address;
  }

  return {
    kernels,
    workspace,
    floats(values) {
      const address = take(4 * values.length);
      new Float32Array(memory.buffer, address, values.length).set(values);
      return address;
    },
    integers(values) {
      const address = take(4 * values.length);
      new Int32Array(memory.buffer, address, values.length).set(values);
      return address;
    },
    result(size) {
      const bytes = 4 * size;
      const start = take(bytes + 2 * GUARD);
      const address = start + GUARD;
      new Uint8Array(memory.buffer, start, bytes + 2 * GUARD).fill(MARK);
      new Float32Array(memory.buffer, address, size).fill(Number.NaN);
      results.push({ address, bytes });
      return address;
    },
    readFloats: (address, size) => new Float32Array(memory.buffer, address, size).slice(),
    readIntegers: (address, size) => new Int32Array(memory.buffer, address, size).slice(),
    release() {
      for (const { address, bytes } of results) {
        for (const guard of [address - GUARD, address + bytes]) {
          const marks = new Uint8Array(memory.buffer, guard, GUARD);
          expect(
            marks.every((mark) => mark === MARK),
            'a kernel wrote beyond its result',
          ).toBe(true);
        }
      }
      results = [];
      top = bottom;
    },
  };
}

function aligned(address: number): number {
  return (address + 63) & ~63;
}
