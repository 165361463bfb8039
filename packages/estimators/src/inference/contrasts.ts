import { expectKnownOptions, expectNumber, expectOneOf, MoeError } from '@tfjs-moe/core';
import { normalCdf, normalQuantile } from '@tfjs-moe/numerics';
import { expectFit } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { type LinearCombination, linearCombinations } from '../linear-combinations.ts';
import type { ErrorKind, InferenceOptions } from './coefficients.ts';
import { combinationCovariance } from './combination-covariance.ts';

/** A linear combination of estimates, with its error and the test that it is 0. */
export interface Contrast {
  /** As it was written; before it the table, where a name stands in several. */
  readonly text: string;
  /** Left side less right side. */
  readonly value: number;
  readonly standardError: number;
  readonly zValue: number;
  /** Two-sided. */
  readonly pValue: number;
  readonly interval: readonly [low: number, high: number];
}

/**
 * contrasts: linear combinations of estimates with standard errors and Wald intervals, such as how much steeper one expert
 * is than another. Stata: `lincom`; R: `multcomp::glht`.
 *
 * @param written combinations of names as the tables have them: `'expert 1: x1 - expert 2: x1'`, `'2 * gate 1: x1 + 3'`,
 * `'expert 1: x1 = 1'` (the difference of the sides). `expert: x1` stands for every expert, `gate: x1` for every contrast
 * of the gate, `x1` for all of both: one row each.
 * @throws MoeError for names that are none, and for combinations that the data do not determine
 */
export function contrasts(
  fit: MaximumLikelihoodFit,
  written: string | readonly string[],
  options: InferenceOptions = {},
): Contrast[] {
  const who = 'contrasts';
  expectFit(who, fit);
  expectKnownOptions(who, options, ['errors', 'level']);
  const level = expectNumber(who, 'level', options.level ?? 0.95, { min: 0, max: 1 });
  const errors = expectOneOf(who, 'errors', options.errors ?? 'observed', ['observed', 'sandwich']);
  const rows = [written].flat().flatMap((each) => linearCombinations(who, fit.estimates, each as string));
  if (rows.length === 0) throw new MoeError(who, 'written must have a combination', written);
  return contrastsOf(who, fit, rows, { errors, level });
}

/** Combinations that were read, with their errors. */
export function contrastsOf(
  who: string,
  fit: MaximumLikelihoodFit,
  rows: readonly LinearCombination[],
  { errors, level }: { readonly errors: ErrorKind; readonly level: number },
): Contrast[] {
  const quantile = normalQuantile(0.5 + level / 2);
  return rows.map((row) => {
    const value = row.coefficients.reduce(
      (sum, factor, i) => (factor === 0 ? sum : sum + factor * fit.estimates[i]!.value),
      row.constant,
    );
    const standardError = Math.sqrt(combinationCovariance(who, fit, [row], errors)[0]![0]!);
    const zValue = value / standardError;
    return {
      text: row.text,
      value,
      standardError,
      zValue,
      pValue: 2 * normalCdf(-Math.abs(zValue)),
      interval: [value - quantile * standardError, value + quantile * standardError],
    };
  });
}
