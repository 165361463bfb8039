import { expectKnownOptions, expectNumber, expectOneOf, MoeError, stream } from '@tfjs-moe/core';
import { normalCdf, normalQuantile } from '@tfjs-moe/numerics';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { columnsOfSample, type Sample } from '../sample.ts';
import { type Predictive, predictive } from './predictive.ts';

/** Options of `residuals`: which kind, and the seed of randomised ones. */
export interface ResidualOptions {
  /** Default `'quantile'`. */
  readonly kind?: 'quantile' | 'pearson' | 'pit';
  /** Of the values between the jumps of a class's distribution. Default 0. */
  readonly seed?: number;
}

/**
 * residuals: how far responses are from what a fit predicts of them.
 *
 * `pearson`: $(y - \mathrm{E}[y \mid x]) / \sqrt{\mathrm{Var}[y \mid x]}$, mean and variance those of the whole mixture.
 * `quantile`: $\Phi^{-1}(F(y \mid x))$ with F the distribution function of the mixture: standard normal if the model is
 * right, also where the mixture is not (Dunn and Smyth, 1996). `pit` is $F(y \mid x)$ itself, uniform if the model is right.
 * Of a class, F jumps: a value between is drawn from the seed.
 */
export function residuals(
  fit: MaximumLikelihoodFit,
  sample: Sample,
  options: ResidualOptions = {},
): Float64Array {
  const who = 'residuals';
  expectKnownOptions(who, options, ['kind', 'seed']);
  const kind = expectOneOf(who, 'kind', options.kind ?? 'quantile', ['quantile', 'pearson', 'pit']);
  const seed = expectNumber(who, 'seed', options.seed ?? 0);
  const { response } = columnsOfSample(who, sample);
  const law = predictive(who, fit, sample.inputs);
  if (kind === 'pearson') {
    if (fit.response !== 'gaussian')
      throw new MoeError(who, 'a class has no Pearson residual: take quantile or pit');
    return response.map((y, i) => pearson(law, i, y));
  }
  const random = stream(seed, 'residuals');
  return response.map((y, i) => {
    if (fit.response === 'multinomial') {
      const [below, at] = classProbabilities(law, i, y);
      const pit = below + random.uniform() * at;
      return kind === 'pit' ? pit : normalQuantile(pit);
    }
    const [below, above] = tails(law, i, y);
    if (kind === 'pit') return below;
    // From the nearer tail, or far residuals would be infinite.
    return below < 0.5 ? normalQuantile(below) : -normalQuantile(above);
  });
}

function pearson({ experts, weights, means, deviations }: Predictive, i: number, y: number): number {
  let mean = 0;
  for (let e = 0; e < experts; e++) mean += weights[i * experts + e]! * means[i * experts + e]!;
  let variance = 0;
  for (let e = 0; e < experts; e++) {
    const from = means[i * experts + e]! - mean;
    variance += weights[i * experts + e]! * (deviations[e]! ** 2 + from * from);
  }
  return (y - mean) / Math.sqrt(variance);
}

/** $F(y)$ and $1 - F(y)$, each without cancellation. */
function tails({ experts, weights, means, deviations }: Predictive, i: number, y: number): [number, number] {
  let below = 0;
  let above = 0;
  for (let e = 0; e < experts; e++) {
    const z = (y - means[i * experts + e]!) / deviations[e]!;
    below += weights[i * experts + e]! * normalCdf(z);
    above += weights[i * experts + e]! * normalCdf(-z);
  }
  return [Math.min(1, below), Math.min(1, above)];
}

/** The probability of lower classes, and of the class itself. */
function classProbabilities(
  { experts, weights, classes, units }: Predictive,
  i: number,
  y: number,
): [number, number] {
  let below = 0;
  let at = 0;
  for (let e = 0; e < experts; e++) {
    const place = i * experts + e;
    for (let c = 0; c <= y; c++) {
      const part = weights[place]! * classes[place * units + c]!;
      if (c < y) below += part;
      else at += part;
    }
  }
  return [below, at];
}
