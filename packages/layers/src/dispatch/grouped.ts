/**
 * Grouped dispatch: dropless. Tokens are sorted by expert (a stable counting sort) and each expert computes its own rows
 * and no others, in one grouped product.
 *
 * Arithmetic proportional to K, not to E, and nothing is ever dropped. The number of rows depends on the data, so the
 * selection is read back to JavaScript: free where tensors live in memory (cpu, wasm, node), a stall on WebGL, and
 * impossible on WebGPU.
 */
import * as tf from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { rowOps } from '../interpretation/row-ops.ts';
import type { RoutingPlan } from '../routing-plan.ts';
import { takeRows } from '../tensor/take-rows.ts';
import type { Dispatcher } from './dispatcher.ts';
import { fromRows, type Rows, toRows } from './rows.ts';

export const groupedDispatch: Dispatcher = Object.freeze<Dispatcher>({
  name: 'grouped',
  dispatch(x_TD, plan) {
    if (tf.getBackend() === 'webgpu') {
      throw new MoeError(
        'dispatch',
        "'grouped' reads the selection back while the layer runs, which WebGPU cannot do; use 'dense', or 'capacity' " +
          'with a capacity',
        'grouped',
      );
    }
    const { offsets, rows } = sortByExpert(plan);
    const ops = rowOps(offsets);
    const input = toRows(x_TD, rows);
    return {
      ops,
      input,
      layout: 'expertsFirst',
      kept_TE: plan.selected_TE,
      weights_TE: plan.weights_TE,
      eachExpert: (run) => concatenated(input, offsets, run),
      combine: (output) => fromRows(ops.toRows(output), plan.weights_TE, rows),
    };
  },
});

/** The outputs of all experts that have rows, one below the other. */
function concatenated(
  input_SD: tf.Tensor,
  offsets: readonly number[],
  run: (x_ND: tf.Tensor2D, expert: number) => tf.Tensor2D,
): tf.Tensor {
  const outputs: tf.Tensor2D[] = [];
  for (let e = 0; e + 1 < offsets.length; e++) {
    const [start, end] = offsets.slice(e, e + 2) as [number, number];
    if (end > start) outputs.push(run(takeRows(input_SD, start, end), e));
  }
  return outputs.length === 1 ? (outputs[0] as tf.Tensor) : tf.concat(outputs, 0);
}

/** Stable counting sort of the selected (token, expert) pairs by expert. */
function sortByExpert({ selected_TE, tokens, experts, expertsPerToken }: RoutingPlan) {
  const selected = selected_TE.dataSync();
  const offsets = offsetsOf(selected, tokens, experts);
  // With nobody selected one empty row keeps every parameter on the tape.
  const size = Math.max(offsets[experts] as number, 1);
  const token = new Int32Array(size);
  const cell = new Int32Array(size);
  const used = new Float32Array(size);
  const columns = Array.from({ length: expertsPerToken }, () => ({
    row: new Int32Array(tokens),
    expert: new Int32Array(tokens),
    valid: new Float32Array(tokens),
  }));
  const next = offsets.slice(0, experts);
  for (let t = 0; t < tokens; t++) {
    let filled = 0;
    for (let e = 0; e < experts; e++) {
      const pair = t * experts + e;
      if (selected[pair] === 0) continue;
      const row = next[e] as number;
      next[e] = row + 1;
      token[row] = t;
      cell[row] = pair;
      used[row] = 1;
      const column = columns[filled++] as (typeof columns)[number];
      column.row[t] = row;
      column.expert[t] = e;
      column.valid[t] = 1;
    }
  }
  if (offsets[experts] === 0) offsets[experts] = 1;
  const rows: Rows = {
    token_S1: tf.tensor2d(token, [size, 1], 'int32'),
    cell_S1: tf.tensor2d(cell, [size, 1], 'int32'),
    used_S1: tf.tensor2d(used, [size, 1]),
    columns: columns.map(({ row, expert, valid }) => ({
      row_T1: tf.tensor2d(row, [tokens, 1], 'int32'),
      expert_T: tf.tensor1d(expert, 'int32'),
      valid_T1: tf.tensor2d(valid, [tokens, 1]),
    })),
  };
  return { offsets, rows };
}

function offsetsOf(selected: ArrayLike<number>, tokens: number, experts: number): number[] {
  const offsets = new Array<number>(experts + 1).fill(0);
  for (let pair = 0; pair < tokens * experts; pair++) {
    if (selected[pair] !== 0) (offsets[(pair % experts) + 1] as number)++;
  }
  for (let e = 0; e < experts; e++) offsets[e + 1] = (offsets[e + 1] as number) + (offsets[e] as number);
  return offsets;
}
