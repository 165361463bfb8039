const MOST_ROUNDS = 500;
const SETTLED = 1e-12;

/**
 * $\arg\max_d\; b^\top d - \tfrac12 d^\top A d - \sum_j a_j |u_j + d_j|$ by coordinate descent, which ends at coefficients that
 * are 0 and not nearly so.
 *
 * Source: Friedman, Hastie and Tibshirani, "Regularization Paths for Generalized Linear Models via Coordinate Descent" (2010).
 *
 * @param information A, positive semidefinite, of which the lower triangle is read
 * @param from u
 * @param absolute a, 0 of what has no kink
 */
export function shrunkStep(
  information: Float64Array,
  b: Float64Array,
  from: Float64Array,
  absolute: Float64Array,
): Float64Array {
  const size = b.length;
  const at = (i: number, j: number) => information[i >= j ? i + j * size : j + i * size]!;
  const point = from.slice();
  /** What is left of the gradient at the point. */
  const rest = b.slice();
  const largest = b.reduce((most, _, j) => Math.max(most, at(j, j)), 0);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let gained = 0;
    let scale = 0;
    for (let j = 0; j < size; j++) {
      const own = at(j, j);
      if (!(own > 1e-13 * largest)) continue;
      const target = rest[j]! + own * point[j]!;
      const next = (Math.sign(target) * Math.max(0, Math.abs(target) - absolute[j]!)) / own;
      const move = next - point[j]!;
      if (move === 0) continue;
      point[j] = next;
      for (let i = 0; i < size; i++) rest[i] = rest[i]! - at(i, j) * move;
      gained = Math.max(gained, own * move * move);
      scale = Math.max(scale, own * next * next);
    }
    if (gained <= SETTLED * SETTLED * (scale || 1)) break;
  }
  return point.map((value, j) => value - from[j]!);
}
