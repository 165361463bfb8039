/**
 * Moving numbers: parts of a tensor (slices, splits) and transposed matrices. Everything that has no arithmetic.
 */
import { at, least } from './address';
import { transposeFour } from './packing';

/** Copies `rows` runs of bytes that lie at a distance of each other on both sides. */
export function copyRuns(from: usize, fromStride: usize, to: usize, toStride: usize, rows: i32, bytes: usize): void {
  for (let r = 0; r < rows; r++) {
    copyRun(from, to, bytes);
    from += fromStride;
    to += toStride;
  }
}

// memory.copy calls out of the module: below some hundred bytes a loop is faster.
// @ts-ignore: decorator
@inline export function copyRun(from: usize, to: usize, bytes: usize): void {
  if (bytes >= 1024) {
    memory.copy(to, from, bytes);
    return;
  }
  const whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(to + i, v128.load(from + i));
  for (; i + 4 <= bytes; i += 4) store<i32>(to + i, load<i32>(from + i));
  for (; i < bytes; i++) store<u8>(to + i, load<u8>(from + i));
}

/** Rows and columns of a block: 16 numbers are a cache line on both sides. */
const BLOCK: i32 = 16;

/** to [count, columns, rows] from [count, rows, columns], numbers of 4 bytes. */
export function transposeMatrices(from: usize, to: usize, count: i32, rows: i32, columns: i32): void {
  const stride = <usize>columns << 2, toStride = <usize>rows << 2;
  for (let m = 0; m < count; m++) {
    for (let r = 0; r < rows; r += BLOCK) {
      const endRow = least(r + BLOCK, rows);
      for (let c = 0; c < columns; c += BLOCK) {
        transposeBlock(at(from, c) + <usize>r * stride, stride, at(to, r) + <usize>c * toStride, toStride, endRow - r, least(BLOCK, columns - c));
      }
    }
    from += <usize>rows * stride;
    to += <usize>rows * stride;
  }
}

// @ts-ignore: decorator
@inline function transposeBlock(from: usize, stride: usize, to: usize, toStride: usize, rows: i32, columns: i32): void {
  let r = 0;
  for (; r + 4 <= rows; r += 4) {
    let c = 0;
    for (; c + 4 <= columns; c += 4) transposeFour(at(from, c), stride, to + <usize>c * toStride, toStride);
    for (; c < columns; c++) transposeRun(at(from, c), stride, to + <usize>c * toStride, 4);
    from += 4 * stride;
    to += 16;
  }
  for (let c = 0; c < columns; c++) transposeRun(at(from, c), stride, to + <usize>c * toStride, rows - r);
}

// @ts-ignore: decorator
@inline function transposeRun(from: usize, stride: usize, to: usize, rows: i32): void {
  for (let r = 0; r < rows; r++) store<i32>(at(to, r), load<i32>(from + <usize>r * stride));
}

/**
 * A tensor of numbers of 4 bytes whose entries lie anywhere: permuted, or repeated where a stride is 0.
 * @param table the sizes of its `axes`, then their strides on the side of `from`, in bytes
 * @returns the end of `to`
 */
export function copyStrided(from: usize, to: usize, table: usize, axes: i32): usize {
  return copyAxis(from, to, table, at(table, axes), axes);
}

function copyAxis(from: usize, to: usize, sizes: usize, strides: usize, axes: i32): usize {
  const size = load<i32>(sizes), stride = load<usize>(strides);
  if (axes > 1) {
    for (let i = 0; i < size; i++) {
      to = copyAxis(from, to, at(sizes, 1), at(strides, 1), axes - 1);
      from += stride;
    }
    return to;
  }
  const end = at(to, size);
  if (stride == 4) {
    copyRun(from, to, end - to);
    return end;
  }
  if (stride == 0) {
    const value = v128.load_splat<i32>(from);
    for (; to + 16 <= end; to += 16) v128.store(to, value);
  }
  for (; to < end; to += 4) {
    store<i32>(to, load<i32>(from));
    from += stride;
  }
  return end;
}
