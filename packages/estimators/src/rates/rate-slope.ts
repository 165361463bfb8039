import { MoeError } from '@tfjs-moe/core';

/** How far a fit was from the truth. */
export interface LossAt {
  /** Observations that it was made of. */
  readonly n: number;
  /** A distance to the truth, of any kind. */
  readonly loss: number;
}

/** A power of n through losses, with an interval: what `rateSlope` returns. */
export interface RateSlope {
  /** -1/2 where the loss falls as $n^{-1/2}$. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The logarithm to base 10 of the fitted loss at n = 1. */
  readonly intercept: number;
}

/** Of Student's t, 97.5 %, from 1 degree of freedom on; beyond the last, close to the normal distribution's. */
const QUANTILES = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23];

const quantileOf = (freedom: number): number => QUANTILES[freedom - 1] ?? 1.96 + 2.5 / freedom;

/**
 * rateSlope: the power of n at which losses of fits fall: least squares of $\log_{10}$ loss on $\log_{10} n$, with a 95 %
 * interval as if the residuals were normal. Losses that are 0 or not finite are left out; nothing comes back where there are
 * not two sizes and three losses.
 *
 * A loss that falls as a power of n at large n alone has another slope at small ones: the interval is that of the line, and
 * says nothing of whether there is one.
 */
export function rateSlope(losses: readonly LossAt[]): RateSlope | undefined {
  if (!areLosses(losses)) throw new MoeError('rateSlope', 'losses must be an array of { n, loss }', losses);
  const used = losses.filter(({ n, loss }) => n > 0 && loss > 0 && Number.isFinite(loss));
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

/** Whether these are losses with their sizes. */
export function areLosses(value: unknown): value is readonly LossAt[] {
  const isNumber = (one: unknown) => typeof one === 'number';
  return (
    Array.isArray(value) && value.every((one?: Partial<LossAt>) => isNumber(one?.n) && isNumber(one?.loss))
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
