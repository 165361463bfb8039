import { stream } from '@tfjs-moe/core';

/**
 * The seed of one of several gates or banks of a layer. The first has the layer's own, so that a layer with one task starts
 * as `mixtureOfExperts` of the same seed does.
 */
export function seedOf(seed: number, index: number): number {
  return index === 0 ? seed : stream(seed, 'tasks', index).integer(2 ** 31);
}
