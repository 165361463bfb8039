import { expect, test } from 'vitest';
import { attachmentOn } from '../src/attach.ts';

/** A heap that knows which of its blocks are taken. */
function countingHeap() {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65_536 });
  const taken = new Map<number, number>();
  let top = 64;
  return {
    memory,
    taken,
    allocate(bytes: number) {
      const address = top;
      top = (top + bytes + 63) & ~63;
      taken.set(address, bytes);
      return address;
    },
    free(address: number) {
      if (!taken.delete(address)) throw new Error(`${address} is not taken`);
    },
  };
}

test('a list of integers that outgrows its block gives the block back', () => {
  const heap = countingHeap();
  const attachment = attachmentOn(heap);
  const atFirst = heap.taken.size;
  for (let length = 1; length < 40_000; length *= 3) {
    const values = Int32Array.from({ length }, (_, i) => i * 7);
    const address = attachment.integers(values);
    expect(new Int32Array(heap.memory.buffer, address, length)).toEqual(values);
    expect(heap.taken.get(address)).toBeGreaterThanOrEqual(4 * length);
    expect(heap.taken.size).toBe(atFirst);
  }
});

test('a block that is lent is given back, whatever happens', () => {
  const heap = countingHeap();
  const attachment = attachmentOn(heap);
  const atFirst = heap.taken.size;
  const failing = () =>
    attachment.withBytes(100, (address) => {
      expect(heap.taken.get(address)).toBe(100);
      throw new Error('no');
    });
  expect(failing).toThrow('no');
  expect(heap.taken.size).toBe(atFirst);
});
