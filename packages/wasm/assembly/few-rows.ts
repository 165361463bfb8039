/**
 * Products with one to twelve rows, for experts that few tokens chose. Packing would cost more than the product: the
 * kernel is read in the order of the memory, once or from the L2 cache, while the results stay in the L1 cache. Rows are
 * given by their addresses, so that nothing is gathered. Needs a number of columns divisible by four.
 *
 * Every number is bias + a_0 b_0 + a_1 b_1 + ... in this order, as in the packed product: a row has the same bits either way.
 */
import { at, least, multiplyAdd } from './address';

/** Most rows that take this way. */
export const MOST_FEW: i32 = 12;
/** Rows that share a pass over a run of the kernel. */
const GROUP: i32 = 4;
/** Numbers of the kernel that all rows pass over before the next ones are read: 64 KB. */
const RUN: i32 = 16384;

/** Bytes of a row of the kernel beyond which processors foresee by themselves what is read next. */
const LONGEST_AHEAD: usize = 2048;

/**
 * to[i] = bias + from[i] b for each row i, or from[i] b where bias is 0.
 * @param from addresses of rows of `depth` numbers
 * @param to addresses of rows of `columns` numbers
 */
export function fewRows(from: usize, rows: i32, b: usize, bias: usize, to: usize, depth: i32, columns: i32): void {
  const bytes = <usize>columns << 2;
  // memory.copy and memory.fill call out of the module: rows are short.
  const zero = f32x4.splat(0);
  for (let i = 0; i < rows; i++) {
    const start = load<usize>(at(to, i));
    if (bias) for (let n: usize = 0; n < bytes; n += 16) v128.store(start + n, v128.load(bias + n));
    else for (let n: usize = 0; n < bytes; n += 16) v128.store(start + n, zero);
  }
  if (columns == 0) return;
  let run = rows <= GROUP ? depth : (RUN / columns) & ~3;
  if (run < 4) run = 4;
  for (let k = 0; k < depth; k += run) {
    const count = least(run, depth - k), part = b + <usize>k * bytes;
    for (let i = 0; i < rows;) {
      const left = rows - i;
      // Five rows are 3 + 2, not 4 + 1.
      const take = left == 5 ? 3 : least(GROUP, left);
      group(take, at(from, i), <usize>k << 2, part, at(to, i), count, bytes);
      i += take;
    }
  }
}

function group(rows: i32, from: usize, offset: usize, b: usize, to: usize, depth: i32, stride: usize): void {
  const a0 = load<usize>(from) + offset, c0 = load<usize>(to);
  if (rows == 1) {
    oneRow(a0, b, c0, depth, stride);
    return;
  }
  const a1 = load<usize>(from, 4) + offset, c1 = load<usize>(to, 4);
  if (rows == 2) {
    twoRows(a0, a1, b, c0, c1, depth, stride);
    return;
  }
  const a2 = load<usize>(from, 8) + offset, c2 = load<usize>(to, 8);
  if (rows == 3) threeRows(a0, a1, a2, b, c0, c1, c2, depth, stride);
  else fourRows(a0, a1, a2, load<usize>(from, 12) + offset, b, c0, c1, c2, load<usize>(to, 12), depth, stride);
}

/** Keeps the loads that look ahead: what is not used is not read. */
// @ts-ignore: decorator
@inline function looked(any: i32): void {
  if (any == 0x7fc1a3d5) store<i32>(0, load<i32>(0));
}

/** Four k a pass. The next pass is read ahead in the order of the memory, which processors foresee. */
function oneRow(a: usize, b: usize, c: usize, depth: i32, stride: usize): void {
  let k = 0, any = 0;
  for (; k + 4 <= depth; k += 4) {
    const b1 = b + stride, b2 = b1 + stride, b3 = b2 + stride;
    let ahead = k + 8 <= depth && stride <= LONGEST_AHEAD ? b3 + stride : b;
    const s0 = v128.load_splat<f32>(a), s1 = v128.load_splat<f32>(a, 4);
    const s2 = v128.load_splat<f32>(a, 8), s3 = v128.load_splat<f32>(a, 12);
    for (let n: usize = 0; n < stride; n += 16) {
      any |= load<i32>(ahead);
      ahead += 64;
      addFour(c + n, s0, v128.load(b + n), s1, v128.load(b1 + n), s2, v128.load(b2 + n), s3, v128.load(b3 + n));
    }
    a += 16;
    b = b3 + stride;
  }
  looked(any);
  for (; k < depth; k++) {
    oneTurn(a, b, c, stride);
    a += 4;
    b += stride;
  }
}

function twoRows(a0: usize, a1: usize, b: usize, c0: usize, c1: usize, depth: i32, stride: usize): void {
  let k = 0, any = 0;
  for (; k + 4 <= depth; k += 4) {
    const b1 = b + stride, b2 = b1 + stride, b3 = b2 + stride;
    let ahead = k + 8 <= depth && stride <= LONGEST_AHEAD ? b3 + stride : b;
    const s0 = v128.load_splat<f32>(a0), s1 = v128.load_splat<f32>(a0, 4);
    const s2 = v128.load_splat<f32>(a0, 8), s3 = v128.load_splat<f32>(a0, 12);
    const t0 = v128.load_splat<f32>(a1), t1 = v128.load_splat<f32>(a1, 4);
    const t2 = v128.load_splat<f32>(a1, 8), t3 = v128.load_splat<f32>(a1, 12);
    for (let n: usize = 0; n < stride; n += 16) {
      const x0 = v128.load(b + n), x1 = v128.load(b1 + n), x2 = v128.load(b2 + n), x3 = v128.load(b3 + n);
      any |= load<i32>(ahead);
      ahead += 64;
      addFour(c0 + n, s0, x0, s1, x1, s2, x2, s3, x3);
      addFour(c1 + n, t0, x0, t1, x1, t2, x2, t3, x3);
    }
    a0 += 16;
    a1 += 16;
    b = b3 + stride;
  }
  looked(any);
  for (; k < depth; k++) {
    oneTurn(a0, b, c0, stride);
    oneTurn(a1, b, c1, stride);
    a0 += 4;
    a1 += 4;
    b += stride;
  }
}

function threeRows(
  a0: usize, a1: usize, a2: usize, b: usize, c0: usize, c1: usize, c2: usize, depth: i32, stride: usize,
): void {
  twoTurns(3, a0, a1, a2, a2, b, c0, c1, c2, c2, depth, stride);
}

function fourRows(
  a0: usize, a1: usize, a2: usize, a3: usize, b: usize, c0: usize, c1: usize, c2: usize, c3: usize, depth: i32, stride: usize,
): void {
  twoTurns(4, a0, a1, a2, a3, b, c0, c1, c2, c3, depth, stride);
}

/** Three or four rows: two k a pass, which is what the registers hold, and four rows of the kernel read ahead. */
// @ts-ignore: decorator
@inline function twoTurns(
  ROWS: i32, a0: usize, a1: usize, a2: usize, a3: usize, b: usize, c0: usize, c1: usize, c2: usize, c3: usize,
  depth: i32, stride: usize,
): void {
  const whole = stride & ~31;
  let k = 0, any = 0;
  for (; k + 2 <= depth; k += 2) {
    const b1 = b + stride;
    let ahead = k + 6 <= depth && stride <= LONGEST_AHEAD ? b1 + 3 * stride : b;
    const s0 = v128.load_splat<f32>(a0), s1 = v128.load_splat<f32>(a0, 4);
    const t0 = v128.load_splat<f32>(a1), t1 = v128.load_splat<f32>(a1, 4);
    const u0 = v128.load_splat<f32>(a2), u1 = v128.load_splat<f32>(a2, 4);
    const w0 = v128.load_splat<f32>(a3), w1 = v128.load_splat<f32>(a3, 4);
    let n: usize = 0;
    for (; n < whole; n += 32) {
      const x0 = v128.load(b + n), x1 = v128.load(b1 + n);
      any |= load<i32>(ahead);
      ahead += 64;
      addTwo(c0 + n, s0, x0, s1, x1);
      addTwo(c1 + n, t0, x0, t1, x1);
      addTwo(c2 + n, u0, x0, u1, x1);
      if (ROWS > 3) addTwo(c3 + n, w0, x0, w1, x1);
      const y0 = v128.load(b + n, 16), y1 = v128.load(b1 + n, 16);
      addTwo(c0 + n + 16, s0, y0, s1, y1);
      addTwo(c1 + n + 16, t0, y0, t1, y1);
      addTwo(c2 + n + 16, u0, y0, u1, y1);
      if (ROWS > 3) addTwo(c3 + n + 16, w0, y0, w1, y1);
    }
    if (n < stride) {
      const x0 = v128.load(b + n), x1 = v128.load(b1 + n);
      addTwo(c0 + n, s0, x0, s1, x1);
      addTwo(c1 + n, t0, x0, t1, x1);
      addTwo(c2 + n, u0, x0, u1, x1);
      if (ROWS > 3) addTwo(c3 + n, w0, x0, w1, x1);
    }
    a0 += 8;
    a1 += 8;
    a2 += 8;
    a3 += 8;
    b = b1 + stride;
  }
  looked(any);
  if (k == depth) return;
  oneTurn(a0, b, c0, stride);
  oneTurn(a1, b, c1, stride);
  oneTurn(a2, b, c2, stride);
  if (ROWS > 3) oneTurn(a3, b, c3, stride);
}

/** One k that is left over. */
// @ts-ignore: decorator
@inline function oneTurn(a: usize, b: usize, c: usize, stride: usize): void {
  const s = v128.load_splat<f32>(a);
  for (let n: usize = 0; n < stride; n += 16) v128.store(c + n, multiplyAdd(s, v128.load(b + n), v128.load(c + n)));
}

// @ts-ignore: decorator
@inline function addFour(
  c: usize, s0: v128, b0: v128, s1: v128, b1: v128, s2: v128, b2: v128, s3: v128, b3: v128,
): void {
  v128.store(c, multiplyAdd(s3, b3, multiplyAdd(s2, b2, multiplyAdd(s1, b1, multiplyAdd(s0, b0, v128.load(c))))));
}

// @ts-ignore: decorator
@inline function addTwo(c: usize, s0: v128, b0: v128, s1: v128, b1: v128): void {
  v128.store(c, multiplyAdd(s1, b1, multiplyAdd(s0, b0, v128.load(c))));
}
