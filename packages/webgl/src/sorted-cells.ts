import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGl } from './backend.ts';

const sorted = new WeakMap<object, TensorInfo>();

/** Remembers of which sort offsets are: the cells of its rows say the expert of each at once, for which offsets are searched. */
export function rememberCells(offsets: TensorInfo, cells: TensorInfo): void {
  sorted.set(offsets.dataId, cells);
}

/** The cells of the rows that were sorted with these offsets, while they are there. */
export function cellsOf(backend: WebGl, offsets: TensorInfo | undefined): TensorInfo | undefined {
  const cells = offsets && sorted.get(offsets.dataId);
  return cells && backend.texData.has(cells.dataId) ? cells : undefined;
}
