import type { Problem } from '../problem/problem.ts';

/**
 * Ends of a climb that are no estimates: an expert without rows, or one that has shrunk onto a few of them.
 */
export type Degeneracy = 'vanishing variance' | 'empty expert';

export function degeneracyOf(
  { coordinates, logSigmaFloor, layout, density }: Problem,
  sizes: Float64Array,
  at: Float64Array,
): Degeneracy | undefined {
  for (let s = coordinates.firstNoise; s < coordinates.size; s++) {
    if (at[s]! <= logSigmaFloor + 1e-9) return 'vanishing variance';
  }
  const { experts } = layout.shape;
  if (experts === 1) return undefined;
  const numbers = (coordinates.firstNoise - coordinates.firstExpert) / experts;
  const needed = density.hasNoise ? numbers + 1 : 1;
  return sizes.some((size) => size < needed) ? 'empty expert' : undefined;
}
