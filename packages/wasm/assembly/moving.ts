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
