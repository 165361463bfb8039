import { expectKnownOptions, expectNumber, expectOneOf } from '@tfjs-moe/core';
import { normalCdf, normalQuantile } from '@tfjs-moe/numerics';
import { expectFit } from '../likelihood/report/expect-fit.ts';
import type { Estimate, MaximumLikelihoodFit } from '../likelihood/report/fit.ts';

/**
 * Where standard errors come from: the observed information, $H^{-1}$, or the sandwich $H^{-1} J H^{-1}$, which also
 * holds where the family is wrong.
 */
export type ErrorKind = 'observed' | 'sandwich';

/** Options of `coefficients` and `summary`: which standard errors, and the level of intervals. */
export interface InferenceOptions {
  /** Where standard errors come from. Default `'observed'`. */
  readonly errors?: ErrorKind;
  /** Of the intervals. Default 0.95; the text of `summary` shows intervals where a level is given. */
  readonly level?: number;
}

/** One row; what cannot be said is null, and `status` says why. */
export interface Coefficient extends Estimate {
  readonly standardError: number | null;
  readonly zValue: number | null;
  /** Two-sided. */
  readonly pValue: number | null;
  readonly interval: readonly [low: number, high: number] | null;
}

/**
 * The coefficient table of a fit: estimates with standard errors, z values, p values and Wald intervals.
 *
 * Standard errors come from the observed information, exact second derivatives at the maximum; or from the sandwich, which
 * also holds where the noise is not what the model says (White, 1982). The interval of a standard deviation is taken on
 * its logarithm, so that it stays positive, and of a correlation on Fisher's scale; no z test is made of either.
 */
export function coefficients(fit: MaximumLikelihoodFit, options: InferenceOptions = {}): Coefficient[] {
  return rowsOfFit('coefficients', fit, options);
}

/** The rows of `coefficients`, for those who name themselves in errors. */
export function rowsOfFit(who: string, fit: MaximumLikelihoodFit, options: InferenceOptions): Coefficient[] {
  expectKnownOptions(who, options, ['errors', 'level']);
  const level = expectNumber(who, 'level', options.level ?? 0.95, { min: 0, max: 1 });
  const errors = deviations(fit, covariance(who, fit, options.errors));
  const quantile = normalQuantile(0.5 + level / 2);
  return fit.estimates.map((estimate, i) => {
    const standardError = errors[i]!;
    if (standardError === null)
      return { ...estimate, standardError, zValue: null, pValue: null, interval: null };
    const { value, part } = estimate;
    const reach = quantile * standardError;
    if (part === 'noise' && estimate.parameter === 'correlation') {
      // By Fisher's transformation, which keeps it below 1.
      const ends = [-reach, reach].map((each) => Math.tanh(Math.atanh(value) + each / (1 - value ** 2)));
      return { ...estimate, standardError, zValue: null, pValue: null, interval: [ends[0]!, ends[1]!] };
    }
    if (part === 'noise') {
      const factor = Math.exp(reach / value);
      return {
        ...estimate,
        standardError,
        zValue: null,
        pValue: null,
        interval: [value / factor, value * factor],
      };
    }
    const zValue = value / standardError;
    return {
      ...estimate,
      standardError,
      zValue,
      pValue: 2 * normalCdf(-Math.abs(zValue)),
      interval: [value - reach, value + reach],
    };
  });
}

/** One per estimate; null where there is none. */
export function standardErrors(fit: MaximumLikelihoodFit, errors: ErrorKind = 'observed'): (number | null)[] {
  return deviations(fit, covariance('standardErrors', fit, errors));
}

function deviations(fit: MaximumLikelihoodFit, { matrix }: NamedMatrix): (number | null)[] {
  const result: (number | null)[] = fit.estimates.map(() => null);
  fit.estimated.forEach((place, j) => {
    const variance = matrix[j]![j]!;
    result[place] = variance >= 0 && Number.isFinite(variance) ? Math.sqrt(variance) : null;
  });
  return result;
}

/** A symmetric matrix with the names of its rows, such as a covariance. */
export interface NamedMatrix {
  /** Of rows and columns: `expert 1: x1`. */
  readonly names: readonly string[];
  /** By rows. */
  readonly matrix: readonly (readonly number[])[];
}

/** The covariance matrix of the numbers that have standard errors. */
export function vcov(fit: MaximumLikelihoodFit, errors: ErrorKind = 'observed'): NamedMatrix {
  return covariance('vcov', fit, errors);
}

function covariance(who: string, fit: MaximumLikelihoodFit, errors: ErrorKind = 'observed'): NamedMatrix {
  expectFit(who, fit);
  const kind = expectOneOf(who, 'errors', errors, ['observed', 'sandwich']);
  return {
    names: fit.estimated.map((i) => `${fit.estimates[i]!.group}: ${fit.estimates[i]!.name}`),
    matrix: fit.covariances[kind],
  };
}
