import { MoeError, type Stream } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';

/** Draws an expert for a row of weights, [rows, experts] in row-major order. */
export type DrawExpert = (weights: Float64Array, row: number, random: Stream) => number;

const ROUNDING = 1e-9;

/**
 * The expert that a gate draws for an input: $z = e$ with probability $w_e(x)$.
 *
 * Only weights that sum to 1 are probabilities. A sparse gate's are divided by their sum: top-1 never divides for the
 * sake of its gradient, while the theory's softmax over the selected logit is 1. Plain sigmoid weights have no such
 * reading.
 */
export function drawExpert({ gate, experts }: MixingMeasure): DrawExpert {
  const isSparse = gate.expertsPerToken(experts) < experts;
  return (weights, row, random) => {
    const start = row * experts;
    let sum = 0;
    for (let e = 0; e < experts; e++) sum += weights[start + e]!;
    if (!(isSparse ? sum > 0 : Math.abs(sum - 1) <= ROUNDING)) {
      throw new MoeError(
        'simulate',
        `an expert can only be drawn where the weights of ${gate.kind} sum to 1, as those of sigmoid({ normalize: true }) do`,
        sum,
      );
    }
    let left = random.uniform() * sum;
    let last = 0;
    for (let e = 0; e < experts; e++) {
      const weight = weights[start + e]!;
      if (weight === 0) continue;
      last = e;
      left -= weight;
      if (left < 0) return e;
    }
    return last;
  };
}
