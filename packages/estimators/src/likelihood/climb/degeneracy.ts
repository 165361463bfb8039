import {
  boundedPlaces,
  boundsAt,
  type DispersionBounds,
  type Problem,
  smallestSize,
} from '../problem/problem.ts';

/**
 * Ends of a climb that are no estimates: an expert without rows, or one that has shrunk onto a few of them.
 */
export type Degeneracy = 'vanishing variance' | 'empty expert';

export function degeneracyOf(
  problem: Problem,
  sizes: Float64Array,
  at: Float64Array,
): Degeneracy | undefined {
  const { layout } = problem;
  for (const s of boundedPlaces(problem)) {
    const bounds = boundsAt(problem, s);
    const end = boundAt(bounds, at[s]!);
    if (end !== undefined && end === bounds.degenerate) return 'vanishing variance';
  }
  if (layout.shape.experts === 1) return undefined;
  const needed = smallestSize(problem);
  // A zero expert has no numbers to be determined.
  const own = layout.zeroExpert ? sizes.subarray(0, -1) : sizes;
  return own.some((size) => size < needed) ? 'empty expert' : undefined;
}

/** The bound that the logarithm of a dispersion stands at. */
export function boundAt({ low, high }: DispersionBounds, value: number): 'low' | 'high' | undefined {
  return value <= low + 1e-9 ? 'low' : value >= high - 1e-9 ? 'high' : undefined;
}
