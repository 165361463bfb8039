import type { TensorInfo } from '@tensorflow/tfjs-core';
import { TOP_K_MASKS } from '@tfjs-moe/core/kernels';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/**
 * Text of `choose(row)`, which leaves in `chosen` the k largest scores of a row of `size`, largest first, ties in their
 * order, -1 where there are no more. Whoever has it in its text has `float scoreAt(row, e)` before it.
 */
const chooseLargest = (size: number, k: number): string => `
  int chosen[${k}];
  float comparable(float score) { return isnan(score) ? -3e38 : max(score, -3e38); }
  void choose(int row) {
    int place = -1;
    float bound = 0.0;
    for (int turn = 0; turn < ${k}; turn++) {
      int best = -1;
      float bestScore = 0.0;
      if (turn == 0 || place >= 0) {
        for (int e = 0; e < ${size}; e++) {
          float score = comparable(scoreAt(row, e));
          bool isOpen = turn == 0 || score < bound || (score == bound && e > place);
          if (isOpen && (best < 0 || score > bestScore)) { best = e; bestScore = score; }
        }
      }
      place = best;
      bound = bestScore;
      chosen[turn] = best;
    }
  }`;

/**
 * The K largest scores of each row, as one mask each: what a top-K gate selects. One texel for each row and choice looks for
 * the best score after those before; the masks compare with what it found.
 */
export const topKMasks: Kernel = defineKernel<{ readonly scores: TensorInfo }, { readonly k: number }>(
  TOP_K_MASKS,
  ({ inputs: { scores }, attrs: { k }, backend }) => {
    const [rows, size] = scores.shape as [number, number];
    const chosen = runProgram(backend, {
      inputs: { scores },
      shape: [rows, k],
      text: `
      float scoreAt(int row, int e) { return scoresAt(row, e); }
      ${chooseLargest(size, k)}
      float value(int row, int choice) {
        choose(row);
        return float(chosen[choice]);
      }`,
    });
    const masks = Array.from({ length: k }, (_, choice) =>
      runProgram(backend, {
        inputs: { chosen },
        shape: [rows, size],
        text: `float value(int row, int e) { return int(chosenAt(row, ${choice})) == e ? 1.0 : 0.0; }`,
      }),
    );
    backend.disposeData(chosen.dataId);
    return masks;
  },
);
