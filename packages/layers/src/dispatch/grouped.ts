import * as tf from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import { rowOps } from '../interpretation/row-ops.ts';
import { takeRows } from '../tensor/take-rows.ts';
import type { Dispatcher, RunExpert } from './dispatcher.ts';
import { sortByExpert } from './sort-by-expert.ts';

const advice = development ? "; use 'dense', or 'capacity' with a capacity" : '';

/**
 * Grouped dispatch: dropless. Tokens are sorted by expert (a stable counting sort) and each expert computes its own rows
 * and no others, in one grouped product.
 *
 * Arithmetic proportional to K, not to E, and nothing is ever dropped. The number of rows depends on the data, so the
 * selection is read back to JavaScript: free where tensors live in memory (cpu, wasm, node), a stall on WebGL, and
 * impossible on WebGPU.
 */
export const groupedDispatch: Dispatcher = Object.freeze<Dispatcher>({
  name: 'grouped',
  dispatch(x_TD, plan) {
    if (tf.getBackend() === 'webgpu') {
      throw new MoeError(
        'dispatch',
        `'grouped' reads the selection back while the layer runs, which WebGPU cannot do${advice}`,
        'grouped',
      );
    }
    const { offsets, toRows, fromRows } = sortByExpert(plan);
    const ops = rowOps(offsets);
    const input = toRows(x_TD);
    return {
      ops,
      input,
      offsets,
      layout: 'expertsFirst',
      kept_TE: plan.selected_TE,
      weights_TE: plan.weights_TE,
      eachExpert: (run) => concatenated(input, offsets, run),
      combine: (output) => fromRows(ops.toRows(output), plan.weights_TE),
    };
  },
});

/** The outputs of all experts that have rows, one below the other. */
function concatenated(input_SD: tf.Tensor, offsets: readonly number[], run: RunExpert): tf.Tensor {
  const outputs: tf.Tensor2D[] = [];
  for (let e = 0; e + 1 < offsets.length; e++) {
    const [start, end] = offsets.slice(e, e + 2) as [number, number];
    if (end > start) outputs.push(run(takeRows(input_SD, start, end), e));
  }
  return tf.concat(outputs, 0);
}
