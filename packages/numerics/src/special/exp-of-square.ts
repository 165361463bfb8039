/**
 * $e^{-c z^2}$ for $c \in \{\frac12, 1\}$ to an ulp or two. The rounding of $z^2$ alone would cost $c z^2$ ulps: the
 * square is taken exactly, as $q + r$ with Dekker's product, and $e^{-c(q + r)} = e^{-cq}(1 - cr)$ up to $r^2$.
 */
export function expOfSquare(z: number, c: 0.5 | 1): number {
  // Beyond it the result is zero, and infinity minus infinity would be NaN.
  if (z > 40 || z < -40) return 0;
  const square = z * z;
  const scaled = 134217729 * z;
  const high = scaled - (scaled - z);
  const low = z - high;
  const rest = high * high - square + 2 * high * low + low * low;
  const power = Math.exp(-c * square);
  return power - power * (c * rest);
}
