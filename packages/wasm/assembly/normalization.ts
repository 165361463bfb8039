/**
 * Normalisation of rows: layer normalisation and that by the root mean square.
 *
 * y = scale (x - mean) r + shift with r = 1 / sqrt(variance + epsilon) over the numbers of a row; without `centered` the mean
 * is taken for 0.
 */
import { multiplyAdd, sumLanes } from './address';

/** Rows whose gradients are summed before they are added to those of the others. */
const BLOCK: i32 = 16;

/**
 * @param scale, shift [features] or 0
 * @param kept [rows, 2]: the mean and r of each row
 */
export function normalizeRows(
  x: usize, scale: usize, shift: usize, y: usize, kept: usize, rows: i32, features: i32, epsilon: f32, centered: bool,
): void {
  const bytes = <usize>features << 2, whole = bytes & ~15;
  for (let row = 0; row < rows; row++) {
    const mean = centered ? sumOf(x, bytes) / <f32>features : <f32>0;
    const r = <f32>1 / sqrt<f32>(sumOfSquares(x, mean, bytes) / <f32>features + epsilon);
    const means = f32x4.splat(mean), factors = f32x4.splat(r);
    let i: usize = 0;
    for (; i < whole; i += 16) {
      let value = f32x4.mul(f32x4.sub(v128.load(x + i), means), factors);
      if (scale) value = f32x4.mul(value, v128.load(scale + i));
      if (shift) value = f32x4.add(value, v128.load(shift + i));
      v128.store(y + i, value);
    }
    for (; i < bytes; i += 4) {
      let value = (load<f32>(x + i) - mean) * r;
      if (scale) value *= load<f32>(scale + i);
      if (shift) value += load<f32>(shift + i);
      store<f32>(y + i, value);
    }
    store<f32>(kept, mean);
    store<f32>(kept, r, 4);
    kept += 8;
    x += bytes;
    y += bytes;
  }
}

/**
 * @param toScale, toShift [features]
 * @param room [2 features]
 */
export function normalizeRowsGradient(
  x: usize, scale: usize, dy: usize, kept: usize, dx: usize, toScale: usize, toShift: usize, room: usize, rows: i32,
  features: i32, centered: bool,
): void {
  const bytes = <usize>features << 2, whole = bytes & ~15, other = room + bytes;
  memory.fill(toScale, 0, bytes);
  memory.fill(toShift, 0, bytes);
  memory.fill(room, 0, 2 * bytes);
  for (let row = 1; row <= rows; row++) {
    const mean = load<f32>(kept), r = load<f32>(kept, 4);
    const means = f32x4.splat(mean), factors = f32x4.splat(r);
    let all = f32x4.splat(0), along = f32x4.splat(0), i: usize = 0;
    for (; i < whole; i += 16) {
      const slope = v128.load(dy + i), unit = f32x4.mul(f32x4.sub(v128.load(x + i), means), factors);
      const own = scale ? f32x4.mul(slope, v128.load(scale + i)) : slope;
      all = f32x4.add(all, own);
      along = multiplyAdd(own, unit, along);
      v128.store(room + i, multiplyAdd(slope, unit, v128.load(room + i)));
      v128.store(other + i, f32x4.add(v128.load(other + i), slope));
    }
    let sum = sumLanes(all), dot = sumLanes(along);
    for (; i < bytes; i += 4) {
      const slope = load<f32>(dy + i), unit = (load<f32>(x + i) - mean) * r;
      const own = scale ? slope * load<f32>(scale + i) : slope;
      sum += own;
      dot += own * unit;
      store<f32>(room + i, load<f32>(room + i) + slope * unit);
      store<f32>(other + i, load<f32>(other + i) + slope);
    }
    const share = centered ? sum / <f32>features : <f32>0, part = dot / <f32>features;
    const shares = f32x4.splat(share), parts = f32x4.splat(part);
    for (i = 0; i < whole; i += 16) {
      const unit = f32x4.mul(f32x4.sub(v128.load(x + i), means), factors), slope = v128.load(dy + i);
      const own = scale ? f32x4.mul(slope, v128.load(scale + i)) : slope;
      v128.store(dx + i, f32x4.mul(f32x4.sub(f32x4.sub(own, shares), f32x4.mul(unit, parts)), factors));
    }
    for (; i < bytes; i += 4) {
      const unit = (load<f32>(x + i) - mean) * r, slope = load<f32>(dy + i);
      const own = scale ? slope * load<f32>(scale + i) : slope;
      store<f32>(dx + i, (own - share - unit * part) * r);
    }
    if (row % BLOCK == 0 || row == rows) {
      addTo(room, toScale, bytes);
      addTo(other, toShift, bytes);
      memory.fill(room, 0, 2 * bytes);
    }
    kept += 8;
    x += bytes;
    dx += bytes;
    dy += bytes;
  }
}

function sumOf(x: usize, bytes: usize): f32 {
  let sums = f32x4.splat(0), i: usize = 0;
  for (const whole = bytes & ~15; i < whole; i += 16) sums = f32x4.add(sums, v128.load(x + i));
  let sum = sumLanes(sums);
  for (; i < bytes; i += 4) sum += load<f32>(x + i);
  return sum;
}

function sumOfSquares(x: usize, mean: f32, bytes: usize): f32 {
  const means = f32x4.splat(mean);
  let sums = f32x4.splat(0), i: usize = 0;
  for (const whole = bytes & ~15; i < whole; i += 16) {
    const own = f32x4.sub(v128.load(x + i), means);
    sums = multiplyAdd(own, own, sums);
  }
  let sum = sumLanes(sums);
  for (; i < bytes; i += 4) {
    const own = load<f32>(x + i) - mean;
    sum += own * own;
  }
  return sum;
}

function addTo(from: usize, to: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(from + i));
}
