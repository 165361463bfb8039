/**
 * Sums over rows: of each expert (the gradient to a bias), of all rows (the gradient to the bias of an ordinary layer),
 * and by an index (the gradient of a gather).
 */
import { at } from './address';

/** out[e, :] = sum of the rows offsets[e], ..., offsets[e + 1] - 1 of x. */
export function sumGroups(x: usize, offsets: usize, experts: i32, out: usize, features: i32): void {
  const bytes = <usize>features << 2;
  for (let e = 0; e < experts; e++) {
    const first = load<i32>(at(offsets, e)), end = load<i32>(at(offsets, e), 4);
    sumConsecutive(x + <usize>first * bytes, end - first, out, bytes);
    out += bytes;
  }
}

/** out[index[r], :] += x[r, :] for indices from 0 to groups - 1; others are left out. */
export function sumByIndex(x: usize, index: usize, out: usize, rows: i32, groups: i32, features: i32): void {
  const bytes = <usize>features << 2;
  memory.fill(out, 0, <usize>groups * bytes);
  for (let r = 0; r < rows; r++) {
    const group = load<i32>(at(index, r));
    if (<u32>group < <u32>groups) addRows(x, 1, out + <usize>group * bytes, bytes);
    x += bytes;
  }
}

/** out = sum of `rows` rows. Sixteen at a time, so that long sums lose less to rounding and out stays in registers. */
function sumConsecutive(x: usize, rows: i32, out: usize, bytes: usize): void {
  memory.fill(out, 0, bytes);
  for (; rows >= 16; rows -= 16) {
    addRows(x, 16, out, bytes);
    x += 16 * bytes;
  }
  if (rows > 0) addRows(x, rows, out, bytes);
}

// @ts-ignore: decorator
@inline function addRows(x: usize, rows: i32, out: usize, bytes: usize): void {
  const whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) {
    let sum = v128.load(x + i);
    for (let r = 1; r < rows; r++) sum = f32x4.add(sum, v128.load(x + i + <usize>r * bytes));
    v128.store(out + i, f32x4.add(v128.load(out + i), sum));
  }
  for (; i < bytes; i += 4) {
    let sum = load<f32>(x + i);
    for (let r = 1; r < rows; r++) sum += load<f32>(x + i + <usize>r * bytes);
    store<f32>(out + i, load<f32>(out + i) + sum);
  }
}
