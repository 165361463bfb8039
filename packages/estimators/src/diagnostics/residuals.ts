import { expectKnownOptions, expectNumber, expectOneOf, MoeError, stream } from '@tfjs-moe/core';
import { normalQuantile } from '@tfjs-moe/numerics';
import { columnsForFit } from '../fitted-sample.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { type Columns, responsesOf, type Sample } from '../sample.ts';
import { mixed, type Predictive, predictive, tailsAt } from './predictive.ts';
import { interleaved, marginalsOf } from './several.ts';

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
 * Of classes and counts, F jumps: a value between is drawn from the seed. Of several responses each has its own, by its law
 * whatever the others are: [rows, responses] in row-major order.
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
  const columns = columnsForFit(who, fit, sample);
  const responses = responsesOf(columns);
  if (fit.measure.covariances === undefined)
    return residualsOf(who, predictive(who, fit, sample.inputs, sample), columns, kind, seed);
  const laws = marginalsOf(who, fit.measure, sample.inputs);
  return interleaved(
    laws.map((law, j) => residualsOf(who, law, { ...columns, response: responses[j]!.values }, kind, seed)),
  );
}

function residualsOf(
  who: string,
  law: Predictive,
  columns: Columns,
  kind: ResidualOptions['kind'],
  seed: number,
): Float64Array {
  const { response } = columns;
  const { family } = law;
  if (kind === 'pearson') {
    if (family.isClass === true)
      throw new MoeError(who, 'a class has no Pearson residual: take quantile or pit');
    return response.map((y, i) => pearson(law, i, y));
  }
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
