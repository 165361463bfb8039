import type { Stream } from '@tfjs-moe/core';

/** An index, as often as its weight says among the sum of all. */
export function draw(weights: readonly number[], random: Stream): number {
  let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return i;
  }
  return weights.length - 1;
}
