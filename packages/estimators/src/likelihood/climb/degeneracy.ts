import { type Problem, smallestSize } from '../problem/problem.ts';

/**
 * Ends of a climb that are no estimates: an expert without rows, or one that has shrunk onto a few of them.
 */
export type Degeneracy = 'vanishing variance' | 'empty expert';

export function degeneracyOf(
  problem: Problem,
  sizes: Float64Array,
  at: Float64Array,
): Degeneracy | undefined {
  const { coordinates, logSigmaFloor, layout } = problem;
  for (let s = coordinates.firstNoise; s < coordinates.size; s++) {
    if (at[s]! <= logSigmaFloor + 1e-9) return 'vanishing variance';
  }
  if (layout.shape.experts === 1) return undefined;
  const needed = smallestSize(problem);
  return sizes.some((size) => size < needed) ? 'empty expert' : undefined;
}
