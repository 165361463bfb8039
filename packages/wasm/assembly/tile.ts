/**
 * The inner loop of all products: a tile of 4 x 8 sums held in registers, one k per turn.
 *
 * Its shape is what V8 compiles well, not what the machine could do at best: V8 hoists all loads of a block to its top,
 * so that more than 15 live vectors are spilled to memory. Four rows, two vectors each, four spread numbers of the strip
 * and two vectors of the panel are 14. A larger tile ran 1.3 to 2 times slower. The four rows are interleaved, so that one
 * address instead of four moves on in every turn.
 *
 * V8 looks for interrupts whenever a loop begins again, so that the turn is written eight times. Without a way out between
 * them the turns would be one block, and their loads would spill; with it, eight turns run 1.05 to 1.1 times as fast as one.
 */
import { at, multiplyAdd } from './address';
import { EDGE, PANEL, PANEL_BYTES, panelBytes, PANELS, STRIP, ZEROS } from './workspace';

/** c = start + strip panel for ROWS rows, a constant; rows of `start` lie startStride bytes apart. */
// @ts-ignore: decorator
@inline function tile(
  ROWS: i32, strip: usize, panel: usize, run: i32, c: usize, stride: usize, start: usize, startStride: usize,
): void {
  let c00 = v128.load(start), c01 = v128.load(start, 16);
  start += startStride;
  let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
  if (ROWS > 1) { c10 = v128.load(start); c11 = v128.load(start, 16); start += startStride; }
  if (ROWS > 2) { c20 = v128.load(start); c21 = v128.load(start, 16); start += startStride; }
  if (ROWS > 3) { c30 = v128.load(start); c31 = v128.load(start, 16); }
  const end = panel + <usize>run * PANEL_BYTES;
  let s: v128, b0: v128, b1: v128;
  if (run > 0) while (true) {
    b0 = v128.load(panel); b1 = v128.load(panel, 16);
    s = v128.load_splat<f32>(strip); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    if (ROWS > 1) { s = v128.load_splat<f32>(strip, 4); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11); }
    if (ROWS > 2) { s = v128.load_splat<f32>(strip, 8); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21); }
    if (ROWS > 3) { s = v128.load_splat<f32>(strip, 12); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31); }
    strip += 16; panel += PANEL_BYTES; if (panel == end) break;

    b0 = v128.load(panel); b1 = v128.load(panel, 16);
    s = v128.load_splat<f32>(strip); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    if (ROWS > 1) { s = v128.load_splat<f32>(strip, 4); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11); }
    if (ROWS > 2) { s = v128.load_splat<f32>(strip, 8); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21); }
    if (ROWS > 3) { s = v128.load_splat<f32>(strip, 12); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31); }
    strip += 16; panel += PANEL_BYTES; if (panel == end) break;

    b0 = v128.load(panel); b1 = v128.load(panel, 16);
    s = v128.load_splat<f32>(strip); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    if (ROWS > 1) { s = v128.load_splat<f32>(strip, 4); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11); }
    if (ROWS > 2) { s = v128.load_splat<f32>(strip, 8); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21); }
    if (ROWS > 3) { s = v128.load_splat<f32>(strip, 12); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31); }
    strip += 16; panel += PANEL_BYTES; if (panel == end) break;

    b0 = v128.load(panel); b1 = v128.load(panel, 16);
    s = v128.load_splat<f32>(strip); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    if (ROWS > 1) { s = v128.load_splat<f32>(strip, 4); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11); }
    if (ROWS > 2) { s = v128.load_splat<f32>(strip, 8); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21); }
    if (ROWS > 3) { s = v128.load_splat<f32>(strip, 12); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31); }
    strip += 16; panel += PANEL_BYTES; if (panel == end) break;

    b0 = v128.load(panel); b1 = v128.load(panel, 16);
    s = v128.load_splat<f32>(strip); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    if (ROWS > 1) { s = v128.load_splat<f32>(strip, 4); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11); }
    if (ROWS > 2) { s = v128.load_splat<f32>(strip, 8); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21); }
    if (ROWS > 3) { s = v128.load_splat<f32>(strip, 12); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31); }
    strip += 16; panel += PANEL_BYTES; if (panel == end) break;

    b0 = v128.load(panel); b1 = v128.load(panel, 16);
    s = v128.load_splat<f32>(strip); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    if (ROWS > 1) { s = v128.load_splat<f32>(strip, 4); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11); }
    if (ROWS > 2) { s = v128.load_splat<f32>(strip, 8); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21); }
    if (ROWS > 3) { s = v128.load_splat<f32>(strip, 12); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31); }
    strip += 16; panel += PANEL_BYTES; if (panel == end) break;

    b0 = v128.load(panel); b1 = v128.load(panel, 16);
    s = v128.load_splat<f32>(strip); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    if (ROWS > 1) { s = v128.load_splat<f32>(strip, 4); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11); }
    if (ROWS > 2) { s = v128.load_splat<f32>(strip, 8); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21); }
    if (ROWS > 3) { s = v128.load_splat<f32>(strip, 12); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31); }
    strip += 16; panel += PANEL_BYTES; if (panel == end) break;

    b0 = v128.load(panel); b1 = v128.load(panel, 16);
    s = v128.load_splat<f32>(strip); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    if (ROWS > 1) { s = v128.load_splat<f32>(strip, 4); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11); }
    if (ROWS > 2) { s = v128.load_splat<f32>(strip, 8); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21); }
    if (ROWS > 3) { s = v128.load_splat<f32>(strip, 12); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31); }
    strip += 16; panel += PANEL_BYTES; if (panel == end) break;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += stride;
  if (ROWS > 1) { v128.store(c, c10); v128.store(c, c11, 16); c += stride; }
  if (ROWS > 2) { v128.store(c, c20); v128.store(c, c21, 16); c += stride; }
  if (ROWS > 3) { v128.store(c, c30); v128.store(c, c31, 16); }
}

/** ROWS rows against all packed panels. Sums start from c itself, else from the bias, else from zero. */
// @ts-ignore: decorator
@inline function tiles(
  ROWS: i32, run: i32, columns: i32, c: usize, stride: usize, bias: usize, continued: bool, workspace: usize,
): void {
  let panel = workspace + PANELS;
  const strip = workspace + STRIP, step = panelBytes(run);
  let start = continued ? c : bias ? bias : workspace + ZEROS;
  const startStride: usize = continued ? stride : 0;
  const startStep: usize = continued || bias ? PANEL_BYTES : 0;
  for (; columns >= PANEL; columns -= PANEL) {
    tile(ROWS, strip, panel, run, c, stride, start, startStride);
    panel += step;
    c += PANEL_BYTES;
    start += startStep;
  }
  if (columns > 0) {
    // The right edge goes through a whole tile in the work space.
    const edge = workspace + EDGE;
    for (let i = 0; i < ROWS; i++) {
      for (let j = 0; j < columns; j++) {
        store<f32>(at(edge, i * PANEL + j), load<f32>(at(start, j) + <usize>i * startStride));
      }
    }
    edgeTile(strip, panel, run, edge);
    for (let i = 0; i < ROWS; i++) {
      for (let j = 0; j < columns; j++) {
        store<f32>(at(c, j) + <usize>i * stride, load<f32>(at(edge, i * PANEL + j)));
      }
    }
  }
}

/** The tile at the edge has four rows always: nobody looks at those that are too many. */
export function edgeTile(strip: usize, panel: usize, run: i32, edge: usize): void {
  tile(4, strip, panel, run, edge, PANEL_BYTES, edge, PANEL_BYTES);
}

// Functions of their own, exported so that no optimiser inlines them: V8 can then go from its baseline to its optimised
// code in the middle of a large product, which halves the time of the first call.
export function strip4(
  run: i32, columns: i32, c: usize, stride: usize, bias: usize, continued: bool, workspace: usize,
): void {
  tiles(4, run, columns, c, stride, bias, continued, workspace);
}
export function strip3(
  run: i32, columns: i32, c: usize, stride: usize, bias: usize, continued: bool, workspace: usize,
): void {
  tiles(3, run, columns, c, stride, bias, continued, workspace);
}
export function strip2(
  run: i32, columns: i32, c: usize, stride: usize, bias: usize, continued: bool, workspace: usize,
): void {
  tiles(2, run, columns, c, stride, bias, continued, workspace);
}
export function strip1(
  run: i32, columns: i32, c: usize, stride: usize, bias: usize, continued: bool, workspace: usize,
): void {
  tiles(1, run, columns, c, stride, bias, continued, workspace);
}

/** The interleaved strip of one to four rows against the packed panels. */
export function stripTimesPanels(
  rows: i32, run: i32, columns: i32, c: usize, stride: usize, bias: usize, continued: bool, workspace: usize,
): void {
  if (rows == 4) strip4(run, columns, c, stride, bias, continued, workspace);
  else if (rows == 3) strip3(run, columns, c, stride, bias, continued, workspace);
  else if (rows == 2) strip2(run, columns, c, stride, bias, continued, workspace);
  else strip1(run, columns, c, stride, bias, continued, workspace);
}
