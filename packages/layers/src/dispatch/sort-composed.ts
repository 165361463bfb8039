import * as tf from '@tensorflow/tfjs-core';
import type { RoutingPlan } from '../routing-plan.ts';
import { fromRows, type Rows, toRows } from './rows.ts';
import type { SortedRows } from './sorted-rows.ts';

/**
 * Sorted rows by ordinary operations of tfjs: the selection is read back and sorted in JavaScript (a stable counting
 * sort), rows move by gathers.
 */
export function sortComposed({ selected_TE, tokens, experts, expertsPerToken }: RoutingPlan): SortedRows {
  const selected = selected_TE.dataSync();
  const offsets = offsetsOf(selected, tokens, experts);
  // With nobody selected one empty row keeps every parameter on the tape.
  const size = Math.max(offsets[experts]!, 1);
  const token = new Int32Array(size).fill(tokens);
  const cell = new Int32Array(size).fill(tokens * experts);
  const columns = Array.from({ length: expertsPerToken }, () => ({
    row: new Int32Array(tokens).fill(size),
    expert: new Int32Array(tokens),
    valid: new Float32Array(tokens),
  }));
  const next = offsets.slice(0, experts);
  for (let t = 0; t < tokens; t++) {
    let filled = 0;
    for (let e = 0; e < experts; e++) {
      const pair = t * experts + e;
      if (selected[pair] === 0) continue;
      const row = next[e]!;
      next[e] = row + 1;
      token[row] = t;
      cell[row] = pair;
      const column = columns[filled++]!;
      column.row[t] = row;
      column.expert[t] = e;
      column.valid[t] = 1;
    }
  }
  if (offsets[experts] === 0) offsets[experts] = 1;
  const rows: Rows = {
    token_S1: tf.tensor2d(token, [size, 1], 'int32'),
    cell_S1: tf.tensor2d(cell, [size, 1], 'int32'),
    columns: columns.map(({ row, expert, valid }) => ({
      row_T1: tf.tensor2d(row, [tokens, 1], 'int32'),
      expert_T: tf.tensor1d(expert, 'int32'),
      valid_T1: tf.tensor2d(valid, [tokens, 1]),
    })),
  };
  return {
    offsets,
    toRows: (x_TD) => toRows(x_TD, rows),
    fromRows: (output_SU, weights_TE) => fromRows(output_SU, weights_TE, rows),
  };
}

function offsetsOf(selected: ArrayLike<number>, tokens: number, experts: number): number[] {
  const offsets = new Array<number>(experts + 1).fill(0);
  for (let pair = 0; pair < tokens * experts; pair++) {
    if (selected[pair] !== 0) offsets[(pair % experts) + 1]!++;
  }
  for (let e = 0; e < experts; e++) offsets[e + 1] = offsets[e + 1]! + offsets[e]!;
  return offsets;
}
