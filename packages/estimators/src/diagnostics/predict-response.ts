import { expectKnownOptions, expectNumber, MoeError } from '@tfjs-moe/core';
import { getFamily, type MixingMeasure, type Rows } from '@tfjs-moe/measures';
import { classesAt, lawAt, mixed, type Predictive, predictiveOf, type RowOptions } from './predictive.ts';
import { quantileAt } from './quantile-at.ts';

/** Options of `predictResponse`: offsets and trials of the rows, and the level of intervals. */
export interface PredictionOptions extends Omit<RowOptions, 'groups'> {
  /** Of the intervals: the part of new responses that they hold. Default 0.95. */
  readonly level?: number;
}

/** What is to be expected of new responses, row by row. */
export interface ResponsePrediction {
  readonly rows: number;
  readonly experts: number;
  /** $\mathrm{E}[y \mid x]$; of classes there is none. */
  readonly mean?: Float64Array;
  /** $\sqrt{\mathrm{Var}[y \mid x]}$ of the whole mixture, where its experts have a law. */
  readonly standardDeviation?: Float64Array;
  /** Between which a new response is, with probability `level`, half of the rest on either side. */
  readonly interval?: { readonly low: Float64Array; readonly high: Float64Array };
  /** $P(y = c \mid x)$ of classes, [rows, classes] in row-major order. */
  readonly classes?: Float64Array;
  /** The probability of each expert at a row, before the response is known: [rows, experts]. */
  readonly gate: Float64Array;
  /** The mean of each expert, [rows, experts]; of classes there is none. */
  readonly expertMeans?: Float64Array;
}

/**
 * predictResponse: what a measure expects of new responses at given inputs: mean, deviation, an interval for a new
 * observation, the gate's probabilities and the mean of every expert; or the probabilities of classes.
 *
 * The interval lies between quantiles of the mixture's own distribution function, so that it is as wide and as lopsided as
 * the mixture is; the uncertainty of the estimates is not in it. Of counts it is the smallest numbers at which the
 * distribution function reaches both levels. Where two experts are far apart, a response between them may be unlikely:
 * look at `gate` and `expertMeans`.
 *
 * @param measure of a fit, `fit.measure`, or one that was saved. One of least squares has no law: mean, gate and experts
 * @throws MoeError for rows, offsets or trials that do not belong to the measure
 */
export function predictResponse(
  measure: MixingMeasure,
  rows: Rows,
  options: PredictionOptions = {},
): ResponsePrediction {
  const who = 'predictResponse';
  if (measure?.gate === undefined) throw new MoeError(who, 'measure must be a mixing measure', measure);
  expectKnownOptions(who, options, ['offset', 'trials', 'level']);
  const level = expectNumber(who, 'level', options.level ?? 0.95, { min: 0, max: 1 });
  if (level === 0 || level === 1) throw new MoeError(who, 'level must lie between 0 and 1', level);
  const { units = 1, dispersions, family: own } = measure;
  const family = own ?? getFamily(units > 1 ? 'multinomial' : 'gaussian');
  const law = predictiveOf(who, { measure, family }, rows, options);
  const { n, experts, weights: gate } = law;
  if (family.isClass === true) {
    const classes = Float64Array.from(Array.from({ length: n }, (_, i) => classesAt(law, i)).flat());
    return { rows: n, experts, classes, gate };
  }
  const each = (value: (i: number) => number) => Float64Array.from({ length: n }, (_, i) => value(i));
  const mean = each((i) => mixed(law, i, (one) => family.mean(one)));
  const expertMeans = Float64Array.from({ length: n * experts }, (_, place) =>
    family.mean(lawAt(law, Math.floor(place / experts), place % experts)),
  );
  const known = { rows: n, experts, mean, gate, expertMeans };
  if (family.dispersion !== undefined && dispersions === undefined) return known;
  const standardDeviation = each((i) => deviationAt(law, i, mean[i]!));
  const end = (p: number) =>
    each((i) => quantileAt(law, i, p, { mean: mean[i]!, deviation: standardDeviation[i]! }));
  return {
    ...known,
    standardDeviation,
    interval: { low: end((1 - level) / 2), high: end((1 + level) / 2) },
  };
}

function deviationAt(law: Predictive, i: number, mean: number): number {
  const { family } = law;
  return Math.sqrt(mixed(law, i, (one) => family.variance(one) + (family.mean(one) - mean) ** 2));
}
