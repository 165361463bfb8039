import { expectKnownOptions } from '@tfjs-moe/core';
import { modelOptions } from '../likelihood/problem/options.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { dealtRows, meanOf, unseen } from './cross-validate.ts';
import { unitsOf } from './drawn-units.ts';
import { type PenaltyPathOptions, pathOf, pathOptions } from './penalty-path.ts';

/** Options of `crossValidatePath`: those of the path, and how many folds. */
export interface CrossValidatedPathOptions<
  GateKind extends string = string,
  ExpertKind extends string = string,
> extends PenaltyPathOptions<GateKind, ExpertKind> {
  /** Default 10, at most the number of rows or groups. */
  readonly folds?: number;
  readonly onFold?: (fold: number) => void;
}

/** A path with how well each strength predicts rows that its fit has not seen. */
export interface CrossValidatedPath {
  /** Of all rows, the strongest penalty first. */
  readonly fits: readonly MaximumLikelihoodFit[];
  /** Of each strength, the mean log-likelihood of a row, or group, left out, and its standard error over the folds. */
  readonly logLikelihoods: readonly number[];
  readonly standardErrors: readonly number[];
  /** The strength that predicts best, by its place. glmnet: `lambda.min`. */
  readonly best: number;
  /** The strongest within a standard error of it. glmnet: `lambda.1se`. */
  readonly strongest: number;
}

/**
 * crossValidatePath: how strong a penalty should be, by how well fits of all rows but a fold predict those of the fold, whose
 * paths have the strengths of the path of all rows. Of the fit that is chosen the log-likelihood of unseen rows is, if
 * anything, too good, since it is the largest of many.
 *
 * Source: Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning" (2009), section 7.10.
 */
export function crossValidatePath<const GateKind extends string, const ExpertKind extends string>(
  options: CrossValidatedPathOptions<GateKind, ExpertKind>,
): CrossValidatedPath {
  const who = 'crossValidatePath';
  expectKnownOptions(who, options, [...modelOptions, ...pathOptions, 'folds', 'onFold']);
  const { folds: given, onFold, ...path } = options;
  const { columns, units, folds } = dealtRows(who, path.data, given, path.seed);
  const fits = pathOf(who, path);
  const lambdas = fits.map(({ penalty }) => penalty!.lambda);
  const { count: _count, onStrength: _unused, ...model } = path;
  const scores = folds.map(({ out, kept }, fold) => {
    const left = unitsOf(path.data, units, out);
    const weights = Float64Array.from(out, (unit) => columns.weights[units[unit]![0]!]!);
    const means = pathOf(who, { ...model, lambdas, data: unitsOf(path.data, units, kept) }).map((fit) => {
      const { logs } = unseen(who, fit, left);
      return meanOf(weights, (i) => logs[i]!);
    });
    onFold?.(fold);
    return { means, weight: weights.reduce((sum, w) => sum + w, 0) };
  });
  const total = scores.reduce((sum, { weight }) => sum + weight, 0);
  const logLikelihoods = lambdas.map((_, i) =>
    scores.reduce((sum, { means, weight }) => sum + (weight * means[i]!) / total, 0),
  );
  const standardErrors = logLikelihoods.map((mean, i) => {
    const spread = scores.reduce(
      (sum, { means, weight }) => sum + (weight / total) * (means[i]! - mean) ** 2,
      0,
    );
    return Math.sqrt(spread / (folds.length - 1));
  });
  const best = logLikelihoods.indexOf(Math.max(...logLikelihoods));
  const least = logLikelihoods[best]! - standardErrors[best]!;
  return {
    fits,
    logLikelihoods,
    standardErrors,
    best,
    strongest: logLikelihoods.findIndex((mean) => mean >= least),
  };
}
