/**
 * Block sizes of the products, and where each of them keeps its intermediate results in the work space that the caller
 * lends: 272 KB, whatever the sizes of the matrices.
 */

/** Rows of a tile. */
export const TILE_ROWS: i32 = 4;
/** Columns of a tile, and the width of a packed panel. */
export const PANEL: i32 = 8;
/** Bytes of one row of a panel. */
export const PANEL_BYTES: usize = 32;
/** Longest run of a panel: 512 rows are 16 KB and stay in the L1 cache. */
export const LONGEST_RUN: i32 = 512;
/** Floats of packed panels: 264 KB stay in the L2 cache. */
export const PACKED: i32 = 67584;
/** Rows of one block of the gradient to the kernels. */
export const BLOCK_ROWS: i32 = 256;

/** Eight zeros: what a sum starts from. */
export const ZEROS: usize = 0;
/** A 4 x 8 tile that hangs over the right edge of a result. */
export const EDGE: usize = 64;
/** Packed panels. */
export const PANELS: usize = 256;
/** The numbers of one strip of rows, interleaved. */
export const STRIP: usize = PANELS + (<usize>PACKED << 2);

/** Bytes from one panel to the next. Without the gap, panels of 128 rows and more would share lines of the L1 cache. */
// @ts-ignore: decorator
@inline export function panelBytes(run: i32): usize {
  return <usize>run * PANEL_BYTES + 64;
}

/** Most columns of a matrix with `run` rows that fit into the panels, at least 128. */
export function packedColumns(run: i32): i32 {
  return (PACKED << 2) / <i32>panelBytes(run) * PANEL;
}

/** Bytes of work space that every product needs. */
export function workspaceBytes(): i32 {
  return <i32>STRIP + ((LONGEST_RUN * TILE_ROWS) << 2);
}
