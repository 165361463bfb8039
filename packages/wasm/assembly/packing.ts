/**
 * Packing: copies a block of a matrix into panels of eight columns, so that the inner loop reads memory in order.
 * Columns beyond the edge of the matrix become zeros.
 */
import { at } from './address';
import { EDGE, PANEL, PANEL_BYTES, panelBytes } from './workspace';

/** Floats of a cache line. */
const LINE: i32 = 16;

/** Columns first, ..., end - 1 of a row-major block of `run` rows. Rows are read whole, as memory likes it. */
export function packColumns(from: usize, stride: usize, run: i32, first: i32, end: i32, to: usize): void {
  const panel = panelBytes(run), whole = (end - first) / PANEL, rest = (end - first) % PANEL;
  from = at(from, first);
  let k = 0;
  // Two rows at a time write whole lines of the cache.
  if (rest == 0) for (; k + 2 <= run; k += 2) {
    let source = from, target = to;
    for (let p = 0; p < whole; p++) {
      const next = source + stride;
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
      v128.store(target, v128.load(next), 32);
      v128.store(target, v128.load(next, 16), 48);
      source += PANEL_BYTES;
      target += panel;
    }
    from += 2 * stride;
    to += 2 * PANEL_BYTES;
  }
  for (; k < run; k++) {
    let source = from, target = to;
    for (let p = 0; p < whole; p++) {
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
      source += PANEL_BYTES;
      target += panel;
    }
    if (rest > 0) {
      for (let j = 0; j < PANEL; j++) store<f32>(at(target, j), j < rest ? load<f32>(at(source, j)) : 0);
    }
    from += stride;
    to += PANEL_BYTES;
  }
}

/** The same for a matrix that is stored transposed: rows first, ..., end - 1, of which `run` entries are used. */
export function packRows(from: usize, stride: usize, run: i32, first: i32, end: i32, to: usize): void {
  const panel = panelBytes(run);
  for (let row = first; row < end; row += PANEL) {
    packTransposed(from + <usize>row * stride, stride, run, end - row, to);
    to += panel;
  }
}

/**
 * Reads a block once, row by row. Packing writes while it reads, and looks at several rows in turns, which no prefetcher
 * follows: a kernel that few rows will use comes from far away, and reading it in order first costs less than waiting for
 * each of its lines.
 */
export function fetchBlock(from: usize, stride: usize, rows: i32, columns: i32, workspace: usize): void {
  let any = 0;
  for (; rows > 0; rows--) {
    for (let j = 0; j < columns; j += LINE) any |= load<i32>(at(from, j));
    from += stride;
  }
  // Where nobody looks: what is not used is not read.
  store<i32>(workspace + EDGE, any);
}

function packTransposed(from: usize, stride: usize, run: i32, rows: i32, to: usize): void {
  let k = 0;
  if (rows >= PANEL) {
    for (; k + 4 <= run; k += 4) {
      transposeFour(from, stride, to, PANEL_BYTES);
      transposeFour(from + 4 * stride, stride, to + 16, PANEL_BYTES);
      from += 16;
      to += 4 * PANEL_BYTES;
    }
  }
  for (; k < run; k++) {
    for (let j = 0; j < PANEL; j++) {
      store<f32>(at(to, j), j < rows ? load<f32>(from + <usize>j * stride) : 0);
    }
    from += 4;
    to += PANEL_BYTES;
  }
}

/** Interleaves up to four rows, number by number: to[4 k + i] = entry k of row i. */
export function interleaveRows(from: usize, stride: usize, rows: i32, run: i32, to: usize): void {
  let k = 0;
  if (rows >= 4) {
    for (; k + 4 <= run; k += 4) {
      transposeFour(from, stride, to, 16);
      from += 16;
      to += 64;
    }
  }
  for (; k < run; k++) {
    for (let i = 0; i < rows; i++) store<f32>(at(to, i), load<f32>(from + <usize>i * stride));
    from += 4;
    to += 16;
  }
}

/** The same for up to four columns of `run` rows, which lie side by side already. */
export function interleaveColumns(from: usize, stride: usize, columns: i32, run: i32, to: usize): void {
  for (let k = 0; k < run; k++) {
    if (columns >= 4) v128.store(to, v128.load(from));
    else for (let i = 0; i < columns; i++) store<f32>(at(to, i), load<f32>(at(from, i)));
    from += stride;
    to += 16;
  }
}

// @ts-ignore: decorator
@inline export function transposeFour(from: usize, stride: usize, to: usize, toStride: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + stride);
  const c = v128.load(from + 2 * stride);
  const d = v128.load(from + 3 * stride);
  const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(abLow, cdLow, 0, 2));
  v128.store(to + toStride, v128.shuffle<i64>(abLow, cdLow, 1, 3));
  v128.store(to + 2 * toStride, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
  v128.store(to + 3 * toStride, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
}
