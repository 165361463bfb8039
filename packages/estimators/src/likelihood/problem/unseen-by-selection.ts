import { stream } from '@tfjs-moe/core';
import { leastSquares, matrix } from '@tfjs-moe/numerics';
import type { Coordinates } from './coordinates.ts';
import { selectionAt } from './evaluate-definition.ts';
import type { Layout } from './layout.ts';

/** Step of a derivative by differences. */
const STEP = 1e-5;
/** Part of the scores that derivatives by differences may leave. */
const LEFT = 1e-6;
/** Inputs, and draws of numbers: a ReLU may be off at some. */
const [ROWS, DRAWS] = [48, 3];

/**
 * In how many directions of a gate's coordinates a selection of the largest score does not change: those that leave the
 * differences of the scores as they are, and the one, where there is one, that multiplies all differences alike, as a linear
 * router has, and a temperature.
 *
 * By derivatives at numbers and inputs in general position, so that it is a matter of the gate and not of the data.
 * @param by what is ordered
 */
export function unseenBySelection(
  layout: Layout,
  { jacobian, firstExpert: gateSize, toNumbers, fromNumbers }: Coordinates,
  by: 'logits' | 'scores',
): number {
  const { experts, inputDim } = layout.shape;
  const random = stream(0, 'unseen by a selection');
  const inputs = Array.from({ length: inputDim }, () =>
    Float64Array.from({ length: ROWS }, () => random.normal()),
  );
  const unseen = Array.from({ length: DRAWS }, () => {
    // What belongs to columns that were left out is at rest.
    const numbers = toNumbers(fromNumbers(drawnIn(layout, () => random.uniform())));
    /** Scores less their mean over the experts. */
    const differences = (step: number, j: number): Float64Array => {
      const moved = numbers.map((value, i) => value + step * jacobian.data[i + j * jacobian.rows]!);
      const scores = selectionAt(layout, inputs, moved, ROWS)[by];
      return Float64Array.from({ length: ROWS * experts }, (_, k) => {
        const row = k % ROWS;
        const mean = scores.reduce((sum, own) => sum + own[row]!, 0) / experts;
        return scores[Math.floor(k / ROWS)]![row]! - mean;
      });
    };
    const derivatives = matrix(ROWS * experts, gateSize);
    for (let j = 0; j < gateSize; j++) {
      const [above, below] = [differences(STEP, j), differences(-STEP, j)];
      above.forEach((value, k) => {
        derivatives.data[k + j * derivatives.rows] = (value - below[k]!) / (2 * STEP);
      });
    }
    const scores = differences(0, 0);
    const { rank, residualNorm } = leastSquares(derivatives, scores, LEFT);
    return gateSize - rank + (residualNorm <= LEFT * Math.hypot(...scores) ? 1 : 0);
  });
  return Math.min(...unseen);
}

/** Numbers of either sign where their boxes allow it. */
function drawnIn({ entries, held, atRest }: Layout, uniform: () => number): Float64Array {
  return Float64Array.from(entries, ({ spec, copy, index }, i) => {
    if (held.has(i)) return atRest[i]!;
    const { min = -Infinity } = spec?.constraint ?? {};
    const size = 0.3 + uniform();
    return min < 0 && (copy + index) % 2 === 1 ? -size : Math.max(min, size);
  });
}
