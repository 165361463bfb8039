/** A power of n through losses: the slope of their logarithms, with an interval. */
export interface Slope {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The logarithm to base 10 of the fitted loss at n = 1. */
  readonly intercept: number;
}

/** Of Student's t, 97.5 %, from 1 degree of freedom on; beyond the last, of the normal distribution. */
const QUANTILES = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23];

function quantileOf(freedom: number): number {
  return QUANTILES[freedom - 1] ?? 1.96 + 2.5 / freedom;
}

/**
 * Least squares of log10(loss) on log10(n), with a 95 % interval as if the residuals were normal; nothing where there are not
 * two sizes and three losses above 0.
 */
export function slopeOf(points: readonly { readonly n: number; readonly loss: number }[]): Slope | undefined {
  const used = points.filter(({ loss }) => loss > 0 && Number.isFinite(loss));
  if (used.length < 3) return undefined;
  const x = used.map(({ n }) => Math.log10(n));
  const y = used.map(({ loss }) => Math.log10(loss));
  const [mx, my] = [mean(x), mean(y)];
  const sxx = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  if (sxx < 1e-12) return undefined;
  const value = x.reduce((sum, each, i) => sum + (each - mx) * (y[i]! - my), 0) / sxx;
  const intercept = my - value * mx;
  const rest = y.reduce((sum, each, i) => sum + (each - intercept - value * x[i]!) ** 2, 0);
  const freedom = used.length - 2;
  const half = quantileOf(freedom) * Math.sqrt(rest / freedom / sxx);
  return { value, low: value - half, high: value + half, intercept };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
