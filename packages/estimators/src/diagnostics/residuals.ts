import { expectKnownOptions, expectNumber, expectOneOf, MoeError, stream } from '@tfjs-moe/core';
import { normalQuantile } from '@tfjs-moe/numerics';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { columnsOfSample, type Sample } from '../sample.ts';
import { mixed, type Predictive, predictive, tailsAt } from './predictive.ts';

/** Options of `residuals`: which kind, and the seed of randomised ones. */
export interface ResidualOptions {
  /** Default `'quantile'`. */
  readonly kind?: 'quantile' | 'pearson' | 'pit';
  /** Of the values between the jumps of the distribution of a class or a count. Default 0. */
  readonly seed?: number;
}

/**
 * residuals: how far responses are from what a fit predicts of them.
 *
 * `pearson`: $(y - \mathrm{E}[y \mid x]) / \sqrt{\mathrm{Var}[y \mid x]}$, mean and variance those of the whole mixture.
 * `quantile`: $\Phi^{-1}(F(y \mid x))$ with F the distribution function of the mixture: standard normal if the model is
 * right, also where the mixture is not (Dunn and Smyth, 1996). `pit` is $F(y \mid x)$ itself, uniform if the model is right.
 * Of classes and counts, F jumps: a value between is drawn from the seed.
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
  const law = predictive(who, fit, sample.inputs, sample);
  const { family } = law;
  if (kind === 'pearson') {
    if (family.isClass === true)
      throw new MoeError(who, 'a class has no Pearson residual: take quantile or pit');
    return response.map((y, i) => pearson(law, i, y));
  }
  family.expectResponse(who, columnsOfSample(who, sample));
  const random = stream(seed, 'residuals');
  return response.map((y, i) => {
    const [below, at, above] = tailsAt(law, i, y);
    if (family.isDiscrete) {
      const pit = below + random.uniform() * at;
      return kind === 'pit' ? pit : normalQuantile(pit);
    }
    if (kind === 'pit') return below;
    // From the nearer tail, or far residuals would be infinite.
    return below < 0.5 ? normalQuantile(below) : -normalQuantile(above);
  });
}

function pearson(law: Predictive, i: number, y: number): number {
  const { family } = law;
  const mean = mixed(law, i, (each) => family.mean(each));
  const variance = mixed(law, i, (each) => family.variance(each) + (family.mean(each) - mean) ** 2);
  return (y - mean) / Math.sqrt(variance);
}
