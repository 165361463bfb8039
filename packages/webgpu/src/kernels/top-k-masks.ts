import type { TensorInfo } from '@tensorflow/tfjs-core';
import { TOP_K_MASKS } from '@tfjs-moe/core/kernels';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/**
 * Text of `nextLargest(start, size, place, bound)`: of the scores from `start` on the largest behind the one at `place`,
 * whose score is `bound`, ties in their order; of all where the place is -1. Whoever has it in its text has `scoreAt(at)` too.
 */
export const findLargest: string = `
  struct Found { place : i32, score : f32 }
  fn nextLargest(start : i32, size : i32, place : i32, bound : f32) -> Found {
    var best = Found(-1, 0.0);
    for (var e = 0; e < size; e++) {
      let given = scoreAt(start + e);
      let score = select(max(given, -3e38), -3e38, isnan(given));
      let open = place < 0 || score < bound || (score == bound && e > place);
      if (open && (best.place < 0 || score > best.score)) { best = Found(e, score); }
    }
    return best;
  }`;

/**
 * The K largest scores of each row, as one mask each: what a top-K gate selects. A thread has a row, and looks for the best
 * score after the one before, so that nothing is marked or sorted.
 */
export const topKMasks: Kernel = defineKernel<{ readonly scores: TensorInfo }, { readonly k: number }>(
  TOP_K_MASKS,
  ({ inputs: { scores }, attrs: { k }, backend }) => {
    const [rows, size] = scores.shape as [number, number];
    return Array.from({ length: k }, (_, choice) =>
      runProgram(backend, {
        name: TOP_K_MASKS,
        inputs: { scores },
        shape: [rows, size],
        uniforms: { rows, size, choice },
        threads: rows,
        text: `
        ${findLargest}
        fn scoreAt(at : i32) -> f32 { return f32(scores[at]); }
        fn main(index : i32) {
          if (index >= uniforms.rows) { return; }
          let start = index * uniforms.size;
          var found = Found(-1, 0.0);
          for (var turn = 0; turn <= uniforms.choice; turn++) {
            found = nextLargest(start, uniforms.size, found.place, found.score);
            if (found.place < 0) { break; }
          }
          for (var e = 0; e < uniforms.size; e++) { result[start + e] = select(0.0, 1.0, e == found.place); }
        }`,
      }),
    );
  },
);
