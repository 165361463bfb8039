/**
 * The grouped product $Y_e = X_e W_e + b_e$ over rows sorted by expert, and the same with transposed kernels, which is
 * its gradient to the rows.
 *
 * For every expert a block of its kernel is packed once, 256 KB at most, and all rows of the expert pass over it.
 */
import { at, least, most } from './address';
import { fewRows, MOST_FEW } from './few-rows';
import { fetchBlock, interleaveRows, packColumns, packRows } from './packing';
import { stripTimesPanels } from './tile';
import { LONGEST_RUN, packedColumns, PANELS, STRIP, TILE_ROWS, ZEROS } from './workspace';

/**
 * y[r, :] = x[r, :] kernel_e (+ bias_e) for offsets[e] <= r < offsets[e + 1], of which only the rows from, ..., to - 1
 * are computed: the share of one thread. A row has the same bits whatever else is computed with it.
 * @param kernels [experts, depth, units], or [experts, units, depth] if transposed
 * @param bias [experts, units], or 0
 * @param relu whether negative numbers of y become 0
 */
export function groupedProduct(
  x: usize, offsets: usize, experts: i32, kernels: usize, bias: usize, y: usize, depth: i32, units: i32,
  transposed: bool, relu: bool, from: i32, to: i32, workspace: usize,
): void {
  const kernelBytes = <usize>depth * <usize>units << 2;
  const few = (units & 3) == 0 ? MOST_FEW : 0;
  memory.fill(workspace + ZEROS, 0, 32);
  for (let e = 0; e < experts; e++) {
    const first = most(load<i32>(at(offsets, e)), from), rows = least(load<i32>(at(offsets, e), 4), to) - first;
    if (rows <= 0) continue;
    const a = x + (<usize>first * <usize>depth << 2), c = y + (<usize>first * <usize>units << 2);
    const kernel = kernels + <usize>e * kernelBytes, own: usize = bias ? bias + (<usize>e * <usize>units << 2) : 0;
    if (!transposed && rows <= few) {
      fewConsecutive(a, rows, kernel, own, c, depth, units, workspace);
      if (relu) positivePart(c, rows * units);
    } else product(a, rows, kernel, own, c, depth, units, transposed, relu, workspace);
  }
}

/** The same for so few rows of one expert that its kernel is not packed. */
export function fewConsecutive(
  a: usize, rows: i32, kernel: usize, bias: usize, c: usize, depth: i32, units: i32, workspace: usize,
): void {
  const from = workspace + STRIP, to = at(from, MOST_FEW);
  for (let i = 0; i < rows; i++) {
    store<usize>(at(from, i), at(a, i * depth));
    store<usize>(at(to, i), at(c, i * units));
  }
  fewRows(from, rows, kernel, bias, to, depth, units);
}

/** c = bias + a kernel for the rows of one expert, or its positive part. */
export function product(
  a: usize, rows: i32, kernel: usize, bias: usize, c: usize, depth: i32, units: i32, transposed: bool, relu: bool,
  workspace: usize,
): void {
  const aStride = <usize>depth << 2, stride = <usize>units << 2;
  const longest = longestRun(rows, depth, units, transposed), width = packedColumns(longest);
  // Parts of the rows of a transposed kernel are no better read twice.
  const fetch = rows <= FETCH_ROWS && (!transposed || longest == depth);
  for (let column = 0; column < units; column += width) {
    const end = least(column + width, units);
    let k = 0;
    do {
      // Once at least, so that depth 0 leaves the bias.
      const run = least(longest, depth - k);
      if (transposed) {
        const block = kernel + <usize>column * aStride + (<usize>k << 2);
        if (fetch) fetchBlock(block, aStride, end - column, run, workspace);
        packRows(at(kernel, k), aStride, run, column, end, workspace + PANELS);
      } else {
        const block = kernel + <usize>k * stride;
        if (fetch) fetchBlock(at(block, column), stride, run, end - column, workspace);
        packColumns(block, stride, run, column, end, workspace + PANELS);
      }
      const start: usize = bias ? at(bias, column) : 0;
      for (let row = 0; row < rows; row += TILE_ROWS) {
        const count = least(TILE_ROWS, rows - row);
        interleaveRows(at(a, k) + <usize>row * aStride, aStride, count, run, workspace + STRIP);
        const results = at(c, column) + <usize>row * stride;
        stripTimesPanels(count, run, end - column, results, stride, start, k > 0, workspace);
        if (relu && k + run >= depth) {
          for (let i = 0; i < count; i++) positivePart(results + <usize>i * stride, end - column);
        }
      }
      k += run;
    } while (k < depth);
  }
}

/** Negative numbers become 0, while they are in the L1 cache; NaN stays. */
export function positivePart(c: usize, count: i32): void {
  const zero = f32x4.splat(0), end = at(c, count);
  for (; c + 16 <= end; c += 16) v128.store(c, f32x4.max(v128.load(c), zero));
  for (; c < end; c += 4) store<f32>(c, max<f32>(load<f32>(c), 0));
}

/** Up to so many rows, reading the kernel counts as much as multiplying by it. */
const SMALL: i32 = 32;
const SHORTEST_RUN: i32 = 32;
/** Up to so many rows, waiting for the kernel is a part of the product that counts. */
const FETCH_ROWS: i32 = 256, SHORTEST_WHOLE_RUN: i32 = 128;

/**
 * How many rows of the kernel are packed at a time. For few rows of x they are taken whole, as memory likes it, hence
 * fewer of them; for many rows sums should stay in registers for long.
 */
function longestRun(rows: i32, depth: i32, units: i32, transposed: bool): i32 {
  const longest = least(depth, LONGEST_RUN);
  if (rows > FETCH_ROWS || (transposed && rows > SMALL)) return longest;
  const shortest = rows <= SMALL ? SHORTEST_RUN : SHORTEST_WHOLE_RUN;
  let run = longest;
  while (run > shortest && packedColumns(run) < units) run = (run + 1) >> 1;
  return rows <= SMALL || packedColumns(run) >= units ? run : longest;
}
