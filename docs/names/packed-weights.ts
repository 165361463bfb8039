/**
 * Weights in six bits each, so that a page can carry a model: 32-bit floats in rows, each with a scale of its own, at which
 * its largest weight is 31. Four weights make three bytes; scales come first.
 */

/** Largest step to either side of 0. */
const MOST = 31;
const BITS = 6;

/** @param row how many weights share a scale: the last axis of their tensor */
export function packed(values: Float32Array, row: number): Uint8Array {
  const rows = Math.ceil(values.length / row);
  const scales = new Float32Array(rows);
  const steps = new Uint8Array(Math.ceil((values.length * BITS) / 8));
  for (let r = 0; r < rows; r++) {
    const own = values.subarray(r * row, (r + 1) * row);
    const scale = Math.fround(own.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / MOST);
    scales[r] = scale;
    own.forEach((value, i) => {
      const step = MOST + (scale === 0 ? 0 : Math.max(-MOST, Math.min(MOST, Math.round(value / scale))));
      put(steps, r * row + i, step);
    });
  }
  const bytes = new Uint8Array(4 * rows + steps.length);
  const view = new DataView(bytes.buffer);
  scales.forEach((scale, r) => {
    view.setFloat32(4 * r, scale, true);
  });
  bytes.set(steps, 4 * rows);
  return bytes;
}

/** @param count how many weights there are */
export function unpacked(bytes: Uint8Array, count: number, row: number): Float32Array {
  const rows = Math.ceil(count / row);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const steps = bytes.subarray(4 * rows);
  return Float32Array.from({ length: count }, (_, i) => {
    const scale = view.getFloat32(4 * Math.floor(i / row), true);
    return (taken(steps, i) - MOST) * scale + 0;
  });
}

/** Bytes that so many weights take. */
export function packedSize(count: number, row: number): number {
  return 4 * Math.ceil(count / row) + Math.ceil((count * BITS) / 8);
}

function put(steps: Uint8Array, i: number, value: number): void {
  const bit = i * BITS;
  const [byte, shift] = [bit >> 3, bit & 7];
  steps[byte]! |= (value << shift) & 255;
  if (shift > 8 - BITS) steps[byte + 1]! |= value >> (8 - shift);
}

function taken(steps: Uint8Array, i: number): number {
  const bit = i * BITS;
  const [byte, shift] = [bit >> 3, bit & 7];
  const word = steps[byte]! | ((steps[byte + 1] ?? 0) << 8);
  return (word >> shift) & (2 ** BITS - 1);
}
