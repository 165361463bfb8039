import { type Predictive, tailsAt } from './predictive.ts';

/** Part of its first bracket to which a quantile is found. */
const CLOSE = 1e-12;

/**
 * The smallest y at which the distribution function of a row reaches p, by bisection; of counts a whole number.
 * @param about where to begin; either may be no number, since not every law has them
 */
export function quantileAt(
  of: Predictive,
  i: number,
  p: number,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
): number {
  const { isDiscrete } = of.family;
  // From the nearer tail: far up, 1 - F has digits that F has lost.
  const reaches = (y: number) => {
    const [below, at, above] = tailsAt(of, i, y);
    return p < 0.5 ? below + at >= p : above <= 1 - p;
  };
  const middle = Number.isFinite(mean) ? mean : 0;
  const centre = isDiscrete ? Math.floor(middle) : middle;
  const first = Number.isFinite(deviation) && deviation > 0 ? deviation : 1;
  const step = isDiscrete ? Math.max(1, Math.ceil(first)) : first;
  let low = centre - step;
  let high = centre + step;
  for (let reach = step; reaches(low) && Number.isFinite(low); reach *= 2)
    [low, high] = [low - 2 * reach, low];
  for (let reach = step; !reaches(high) && Number.isFinite(high); reach *= 2)
    [low, high] = [high, high + 2 * reach];
  const least = isDiscrete ? 1 : CLOSE * (high - low);
  while (high - low > least) {
    const between = isDiscrete ? Math.floor((low + high) / 2) : (low + high) / 2;
    if (between <= low || between >= high) break;
    if (reaches(between)) high = between;
    else low = between;
  }
  return high;
}
