/**
 * The gradient of the grouped product to its kernels, $X_e^T \, dY_e$ for every expert; zeros for experts without rows.
 *
 * Rows are taken in blocks: dY is packed into panels, and four columns of X, which lie side by side, are a strip: the
 * same tile does the work.
 */
import { at, least, most } from './address';
import { interleaveColumns, packColumns } from './packing';
import { stripTimesPanels } from './tile';
import { BLOCK_ROWS, packedColumns, PANELS, STRIP, TILE_ROWS, ZEROS } from './workspace';

/**
 * gradient is [experts, depth, units], x is [rows, depth], dy is [rows, units]. Of the experts x depth rows of the gradient
 * only from, ..., to - 1 are computed: the share of one thread.
 */
export function groupedKernelGradient(
  x: usize, offsets: usize, experts: i32, dy: usize, gradient: usize, depth: i32, units: i32, from: i32, to: i32,
  workspace: usize,
): void {
  const stride = <usize>units << 2;
  memory.fill(workspace + ZEROS, 0, 32);
  for (let e = from / most(depth, 1); e < experts && e * depth < to; e++) {
    const first = load<i32>(at(offsets, e)), end = load<i32>(at(offsets, e), 4);
    const feature = most(from - e * depth, 0), endFeature = least(to - e * depth, depth);
    const out = gradient + <usize>(e * depth) * stride;
    if (first >= end) memory.fill(out + <usize>feature * stride, 0, <usize>(endFeature - feature) * stride);
    for (let row = first; row < end; row += BLOCK_ROWS) {
      const a = x + (<usize>row * <usize>depth << 2), b = dy + (<usize>row * <usize>units << 2);
      addProduct(a, least(BLOCK_ROWS, end - row), b, out, depth, units, feature, endFeature, row > first, workspace);
    }
  }
}

/** Rows firstFeature, ..., endFeature - 1 of out = a^T b, or out += a^T b if continued, for at most BLOCK_ROWS rows. */
export function addProduct(
  a: usize, rows: i32, b: usize, out: usize, depth: i32, units: i32, firstFeature: i32, endFeature: i32, continued: bool,
  workspace: usize,
): void {
  const aStride = <usize>depth << 2, stride = <usize>units << 2;
  const width = packedColumns(rows), strip = workspace + STRIP;
  for (let unit = 0; unit < units; unit += width) {
    const end = least(unit + width, units);
    packColumns(b, stride, rows, unit, end, workspace + PANELS);
    for (let feature = firstFeature; feature < endFeature; feature += TILE_ROWS) {
      const count = least(TILE_ROWS, endFeature - feature), c = at(out, unit) + <usize>feature * stride;
      interleaveColumns(at(a, feature), aStride, count, rows, strip);
      stripTimesPanels(count, rows, end - unit, c, stride, 0, continued, workspace);
    }
  }
}
