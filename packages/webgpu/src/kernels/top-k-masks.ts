import type { TensorInfo } from '@tensorflow/tfjs-core';
import { TOP_K_MASKS } from '@tfjs-moe/core/kernels';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';

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
        fn comparable(at : i32) -> f32 {
          let score = f32(scores[at]);
          return select(max(score, -3e38), -3e38, isnan(score));
        }
        fn main(index : i32) {
          if (index >= uniforms.rows) { return; }
          let start = index * uniforms.size;
          var place = -1;
          var bound = 0.0;
          for (var turn = 0; turn <= uniforms.choice; turn++) {
            var best = -1;
            var bestScore = 0.0;
            for (var e = 0; e < uniforms.size; e++) {
              let score = comparable(start + e);
              let open = place < 0 || score < bound || (score == bound && e > place);
              if (open && (best < 0 || score > bestScore)) { best = e; bestScore = score; }
            }
            place = best;
            bound = bestScore;
            if (best < 0) { break; }
          }
          for (var e = 0; e < uniforms.size; e++) { result[start + e] = select(0.0, 1.0, e == place); }
        }`,
      }),
    );
  },
);
