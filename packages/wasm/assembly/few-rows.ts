/**
 * Products with one to seven rows, for experts that few tokens chose. Packing would cost more than the product: the
 * kernel is read once, in order, while the results stay in the L1 cache. Needs a number of columns divisible by four.
 */
import { at, multiplyAdd } from './address';

/**
 * Most rows that take this way. A large kernel is cheaper to pack than to pass over results twice as often; a small one
 * is read again, for the rows after the fourth, from the L2 cache.
 */
export function fewOf(depth: i32, units: i32): i32 {
  return depth * units <= 65536 ? 7 : 2;
}

/** c = bias + a b, or a b where bias is 0; a is [rows, depth], b is [depth, columns]. */
export function fewRows(
  a: usize, rows: i32, b: usize, bias: usize, c: usize, depth: i32, columns: i32,
): void {
  for (; rows > 4; rows -= 4) {
    upToFour(a, 4, b, bias, c, depth, columns);
    a = at(a, 4 * depth);
    c = at(c, 4 * columns);
  }
  upToFour(a, rows, b, bias, c, depth, columns);
}

function upToFour(
  a: usize, rows: i32, b: usize, bias: usize, c: usize, depth: i32, columns: i32,
): void {
  const stride = <usize>columns << 2;
  for (let row = 0; row < rows; row++) {
    if (bias) memory.copy(c + <usize>row * stride, bias, stride);
    else memory.fill(c + <usize>row * stride, 0, stride);
  }
  if (rows == 1) oneRow(a, b, c, depth, columns);
  else if (rows == 2) twoRows(a, b, c, depth, columns);
  else if (rows == 3) threeRows(a, b, c, depth, columns);
  else if (rows == 4) fourRows(a, b, c, depth, columns);
}

function oneRow(a: usize, b: usize, c: usize, depth: i32, columns: i32): void {
  fourTurns(1, a, b, c, depth, columns);
}
function twoRows(a: usize, b: usize, c: usize, depth: i32, columns: i32): void {
  fourTurns(2, a, b, c, depth, columns);
}
function threeRows(a: usize, b: usize, c: usize, depth: i32, columns: i32): void {
  twoTurns(3, a, b, c, depth, columns);
}
function fourRows(a: usize, b: usize, c: usize, depth: i32, columns: i32): void {
  twoTurns(4, a, b, c, depth, columns);
}

/** One or two rows: four k per pass over the results. */
// @ts-ignore: decorator
@inline function fourTurns(ROWS: i32, a: usize, b: usize, c: usize, depth: i32, columns: i32): void {
  const stride = <usize>columns << 2;
  let a0 = a, a1 = at(a, depth), k = 0;
  const c1 = c + stride;
  for (; k + 4 <= depth; k += 4) {
    const b1 = b + stride, b2 = b1 + stride, b3 = b2 + stride;
    const s0 = v128.load_splat<f32>(a0), s1 = v128.load_splat<f32>(a0, 4);
    const s2 = v128.load_splat<f32>(a0, 8), s3 = v128.load_splat<f32>(a0, 12);
    if (ROWS == 1) {
      for (let n: usize = 0; n < stride; n += 16) {
        addFour(c + n, s0, v128.load(b + n), s1, v128.load(b1 + n), s2, v128.load(b2 + n), s3, v128.load(b3 + n));
      }
    } else {
      const t0 = v128.load_splat<f32>(a1), t1 = v128.load_splat<f32>(a1, 4);
      const t2 = v128.load_splat<f32>(a1, 8), t3 = v128.load_splat<f32>(a1, 12);
      for (let n: usize = 0; n < stride; n += 16) {
        const x0 = v128.load(b + n), x1 = v128.load(b1 + n), x2 = v128.load(b2 + n), x3 = v128.load(b3 + n);
        addFour(c + n, s0, x0, s1, x1, s2, x2, s3, x3);
        addFour(c1 + n, t0, x0, t1, x1, t2, x2, t3, x3);
      }
      a1 += 16;
    }
    a0 += 16;
    b = b3 + stride;
  }
  oneTurnEach(ROWS, a0, depth, b, c, k, columns);
}

/** Three or four rows: two k per pass, which is what the registers hold. */
// @ts-ignore: decorator
@inline function twoTurns(ROWS: i32, a: usize, b: usize, c: usize, depth: i32, columns: i32): void {
  const stride = <usize>columns << 2;
  let a0 = a, a1 = at(a0, depth), a2 = at(a1, depth), a3 = ROWS > 3 ? at(a2, depth) : a2, k = 0;
  const c1 = c + stride, c2 = c1 + stride, c3 = c2 + stride;
  for (; k + 2 <= depth; k += 2) {
    const b1 = b + stride;
    const s0 = v128.load_splat<f32>(a0), s1 = v128.load_splat<f32>(a0, 4);
    const t0 = v128.load_splat<f32>(a1), t1 = v128.load_splat<f32>(a1, 4);
    const u0 = v128.load_splat<f32>(a2), u1 = v128.load_splat<f32>(a2, 4);
    const w0 = v128.load_splat<f32>(a3), w1 = v128.load_splat<f32>(a3, 4);
    for (let n: usize = 0; n < stride; n += 16) {
      const x0 = v128.load(b + n), x1 = v128.load(b1 + n);
      addTwo(c + n, s0, x0, s1, x1);
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
  oneTurnEach(ROWS, a0, depth, b, c, k, columns);
}

/** The last k, fewer than what one pass takes. */
// @ts-ignore: decorator
@inline function oneTurnEach(ROWS: i32, a: usize, depth: i32, b: usize, c: usize, k: i32, columns: i32): void {
  const stride = <usize>columns << 2;
  for (; k < depth; k++) {
    for (let row = 0; row < ROWS; row++) {
      const s = v128.load_splat<f32>(at(a, row * depth)), to = c + <usize>row * stride;
      for (let n: usize = 0; n < stride; n += 16) {
        v128.store(to + n, multiplyAdd(s, v128.load(b + n), v128.load(to + n)));
      }
    }
    a += 4;
    b += stride;
  }
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
