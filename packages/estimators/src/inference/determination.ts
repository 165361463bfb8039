import { expectKnownOptions, expectNumber, expectOneOf } from '@tfjs-moe/core';
import { matrix, normalQuantile, symmetricEigen } from '@tfjs-moe/numerics';
import { expectFit, expectUnpenalised } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import type { InferenceOptions } from './coefficients.ts';
import { tiedNumbers } from './tied-numbers.ts';

/** How well a number of a fit is determined. */
export interface DeterminedNumber {
  /** The table that it stands in, and its name there. */
  readonly group: string;
  readonly name: string;
  /** Of its Wald interval, from end to end. */
  readonly width: number;
  /**
   * How much wider that is than if all other numbers were known: the root of the variance inflation factor, 1 where it is
   * tied to none.
   */
  readonly inflation: number;
}

/** What `determination` returns: how well the data determine the numbers of a fit. */
export interface Determination {
  /**
   * `not determined`: some direction has no information. `weakly determined`: the condition index is above 30. Else
   * `determined`.
   */
  readonly verdict: 'determined' | 'weakly determined' | 'not determined';
  /**
   * $\lambda_{\max} / \lambda_{\min}$ of the information per observation, in units in which every number has the standard error
   * 1; Infinity where some direction has none. It does not depend on the units of the inputs or on n.
   */
  readonly conditionNumber: number;
  /** Its square root. */
  readonly conditionIndex: number;
  /**
   * The direction with the least information among those that are determined, in the same units: shares, with sum 1, of the
   * numbers that move in it, the largest first.
   */
  readonly weakest: readonly { readonly group: string; readonly name: string; readonly share: number }[];
  readonly numbers: readonly DeterminedNumber[];
  /** Numbers that the data do not determine. */
  readonly undetermined: readonly { readonly group: string; readonly name: string }[];
}

/** Belsley's condition index from which on collinearity is called strong. */
const STRONG = 30;
/** Share of a direction that is worth naming. */
const LEAST_SHARE = 0.01;

/**
 * Practical identifiability of a fit: whether the information that these data have about its numbers is near singular, and
 * which of them move together. A model whose parameters are identifiable in theory may be determined poorly by a sample, where
 * experts overlap or a gate is sharp; and what is not identifiable has no information in any.
 *
 * Use it beside the verdict of `moe check`, which is about the model and not about data. Widths are those of the quadratic
 * approximation; where `verdict` is not `determined`, believe `profileIntervals` and not them. Of coefficients that a
 * structure ties, the first stands for those that follow from it: the information is that of the restricted model.
 *
 * Source: Belsley, Kuh and Welsch, "Regression Diagnostics" (1980), for the condition index and its bound 30.
 */
export function determination(fit: MaximumLikelihoodFit, options: InferenceOptions = {}): Determination {
  const who = 'determination';
  expectFit(who, fit);
  expectUnpenalised(who, fit, 'determination by its data alone');
  expectKnownOptions(who, options, ['errors', 'level']);
  const level = expectNumber(who, 'level', options.level ?? 0.95, { min: 0, max: 1 });
  const errors = expectOneOf(who, 'errors', options.errors ?? 'observed', ['observed', 'sandwich']);
  const named = (i: number) => ({ group: fit.estimates[i]!.group, name: fit.estimates[i]!.name });
  const undetermined = fit.estimates.flatMap(({ status }, i) =>
    status === 'not identified' ? [named(i)] : [],
  );
  // Of numbers that a structure ties, one: the information is that of the model that was fitted.
  const tied = tiedNumbers(who, fit);
  const kept = [...fit.estimated.keys()].filter((i) => !tied.has(i));
  const covariance = kept.map((i) => kept.map((j) => fit.covariances[errors][i]![j]!));
  const size = kept.length;
  const deviations = covariance.map((row, i) => Math.sqrt(row[i]!));
  const correlations = matrix(size, size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      correlations.data[i + j * size] = i === j ? 1 : covariance[i]![j]! / (deviations[i]! * deviations[j]!);
  const { values, vectors } = symmetricEigen(correlations);
  const ratio = size === 0 ? 1 : values[size - 1]! / values[0]!;
  const isFlat = undetermined.length > 0 || !(size === 0 || values[0]! > 0);
  const conditionNumber = isFlat ? Infinity : ratio;
  const conditionIndex = Math.sqrt(conditionNumber);
  // The diagonal of the inverse of the correlations: what others take away.
  const inverse = Array.from({ length: size }, (_, i) =>
    Array.from(values).reduce((sum, value, k) => sum + vectors.data[i + k * size]! ** 2 / value, 0),
  );
  const quantile = normalQuantile(0.5 + level / 2);
  return {
    verdict: isFlat ? 'not determined' : conditionIndex > STRONG ? 'weakly determined' : 'determined',
    conditionNumber,
    conditionIndex,
    weakest: kept
      .map((place, i) => ({
        ...named(fit.estimated[place]!),
        share: vectors.data[i + (size - 1) * size]! ** 2,
      }))
      .filter(({ share }) => share >= LEAST_SHARE)
      .sort((a, b) => b.share - a.share),
    numbers: kept.map((place, i) => ({
      ...named(fit.estimated[place]!),
      width: 2 * quantile * deviations[i]!,
      inflation: Math.sqrt(inverse[i]!),
    })),
    undetermined,
  };
}
