/**
 * Moving rows: to experts, back with weights, and the gradients of both. All of them are gathers; an index of -1 stands
 * for nothing.
 */
import { at, multiplyAdd, sumLanes } from './address';
import { copyRun } from './moving';

/** out[r, :] = x[index[r], :], zeros where index[r] < 0. Rows are `bytes` long: any type of number moves. */
export function gatherRows(x: usize, index: usize, out: usize, rows: i32, bytes: usize): void {
  for (let r = 0; r < rows; r++) {
    const from = load<i32>(at(index, r));
    if (from < 0) memory.fill(out, 0, bytes);
    else copyRun(x + <usize>from * bytes, out, bytes);
    out += bytes;
  }
}

/** out[t, :] = sum of x[index[t, k], :] over k: the gradient of gatherRows. */
export function sumRows(x: usize, index: usize, out: usize, tokens: i32, perToken: i32, features: i32): void {
  const bytes = <usize>features << 2;
  for (let t = 0; t < tokens; t++) {
    memory.fill(out, 0, bytes);
    for (let k = 0; k < perToken; k++) {
      const from = load<i32>(at(index, k));
      if (from >= 0) addRow(x + <usize>from * bytes, out, bytes);
    }
    out += bytes;
    index = at(index, perToken);
  }
}

/**
 * out[t, :] = sum of weights[cell[r]] x[r, :] over the rows r = row[t, k] of a token; NaN where one of its weights is NaN,
 * though it has no row for that.
 * @param weights [tokens, experts]
 */
export function combineRows(
  x: usize, weights: usize, row: usize, cell: usize, out: usize, tokens: i32, experts: i32, perToken: i32, features: i32,
): void {
  const bytes = <usize>features << 2;
  let own = weights;
  for (let t = 0; t < tokens; t++) {
    startRow(out, hasNaN(own, experts), bytes);
    own = at(own, experts);
    for (let k = 0; k < perToken; k++) {
      const r = load<i32>(at(row, k));
      if (r < 0) continue;
      const weight = load<f32>(at(weights, load<i32>(at(cell, r))));
      addScaledRow(x + <usize>r * bytes, weight, out, bytes);
    }
    out += bytes;
    row = at(row, perToken);
  }
}

/**
 * The gradients of combineRows: toRows[r, :] = weights[cell[r]] dy[token, :], and toWeights[cell[r]] = x[r, :] dy[token, :].
 * @param toWeights [tokens, experts], zeros before
 */
export function combineRowsGradient(
  x: usize, weights: usize, cell: usize, dy: usize, toRows: usize, toWeights: usize, rows: i32, experts: i32, features: i32,
): void {
  const bytes = <usize>features << 2;
  for (let r = 0; r < rows; r++) {
    const pair = load<i32>(at(cell, r));
    if (pair < 0) {
      memory.fill(toRows, 0, bytes);
    } else {
      const slope = dy + <usize>(pair / experts) * bytes;
      const product = scaleAndDot(x, slope, load<f32>(at(weights, pair)), toRows, bytes);
      store<f32>(at(toWeights, pair), product);
    }
    x += bytes;
    toRows += bytes;
  }
}

// @ts-ignore: decorator
@inline function hasNaN(from: usize, size: i32): bool {
  let found = f32x4.splat(0), i = 0;
  for (; i + 4 <= size; i += 4) {
    const value = v128.load(at(from, i));
    found = v128.or(found, f32x4.ne(value, value));
  }
  let any = v128.any_true(found);
  for (; i < size; i++) {
    const value = load<f32>(at(from, i));
    any = any || value != value;
  }
  return any;
}

/** Zeros, or NaN, to which rows are added. */
// @ts-ignore: decorator
@inline function startRow(to: usize, nan: bool, bytes: usize): void {
  if (!nan) memory.fill(to, 0, bytes);
  else for (let i: usize = 0; i < bytes; i += 4) store<f32>(to + i, NaN);
}

// @ts-ignore: decorator
@inline export function addRow(from: usize, to: usize, bytes: usize): void {
  const whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(from + i));
}

// @ts-ignore: decorator
@inline export function addScaledRow(from: usize, scale: f32, to: usize, bytes: usize): void {
  const whole = bytes & ~15, scales = f32x4.splat(scale);
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(to + i, multiplyAdd(v128.load(from + i), scales, v128.load(to + i)));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(from + i) * scale);
}

/** to = scale b; returns the dot product of a and b. */
// @ts-ignore: decorator
@inline export function scaleAndDot(a: usize, b: usize, scale: f32, to: usize, bytes: usize): f32 {
  const whole = bytes & ~15, scales = f32x4.splat(scale);
  let sums = f32x4.splat(0);
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const slope = v128.load(b + i);
    sums = multiplyAdd(v128.load(a + i), slope, sums);
    v128.store(to + i, f32x4.mul(slope, scales));
  }
  let sum = sumLanes(sums);
  for (; i < bytes; i += 4) {
    const slope = load<f32>(b + i);
    sum += load<f32>(a + i) * slope;
    store<f32>(to + i, slope * scale);
  }
  return sum;
}
