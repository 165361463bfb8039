import * as tf from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import { SORT_BY_EXPERT } from '@tfjs-moe/core/kernels';
import { rowOps } from '../interpretation/row-ops.ts';
import { hasKernel } from '../tensor/own-kernel.ts';
import { takeRows } from '../tensor/take-rows.ts';
import { denseDispatch } from './dense.ts';
import type { Dispatcher } from './dispatcher.ts';
import { sortByExpert } from './sort-by-expert.ts';

/**
 * Grouped dispatch: dropless. Tokens are sorted by expert (a stable counting sort) and each expert computes its own rows
 * and no others, in one grouped product.
 *
 * Arithmetic proportional to K, not to E, and nothing is ever dropped. The number of rows depends on the data, so without
 * kernels of a GPU the selection is read back to JavaScript: free where tensors live in memory (cpu, wasm, node), a stall on
 * WebGL, and impossible on WebGPU. With `@tfjs-moe/webgpu` and `@tfjs-moe/webgl` nothing is read: there are K rows for every token,
 * and only the device knows whose they are.
 */
export const groupedDispatch: Dispatcher = Object.freeze<Dispatcher>({
  name: 'grouped',
  dispatch(x_TD, plan) {
    if (development) expectKernels();
    const { offsets, toRows, fromRows } = sortByExpert(plan);
    const ops = rowOps(offsets);
    // Experts that are no formula take rows one by one; where only the device knows whose they are, all experts take all.
    const dense = () => denseDispatch.dispatch(x_TD, plan);
    const input = toRows(x_TD);
    return {
      ops,
      input,
      offsets,
      layout: 'expertsFirst',
      kept_TE: plan.selected_TE,
      weights_TE: plan.weights_TE,
      eachExpert: (run) =>
        offsets.tensor
          ? dense().eachExpert(run)
          : tf.concat(
              // Of all experts that have rows, one below the other.
              offsets.slice(1).flatMap((end, e) => {
                const start = offsets[e]!;
                return end > start ? [run(takeRows(input, start, end), e)] : [];
              }),
            ),
      combine: (output) =>
        output.rank === 3 && output.shape[1] === plan.tokens
          ? dense().combine(output)
          : fromRows(ops.toRows(output), plan.weights_TE),
    };
  },
});

function expectKernels(): void {
  if (tf.getBackend() !== 'webgpu' || hasKernel(SORT_BY_EXPERT)) return;
  const rule = 'on webgpu this needs the kernels of @tfjs-moe/webgpu; import it, or leave the choice to auto';
  throw new MoeError('dispatch', rule, 'grouped');
}
