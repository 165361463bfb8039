import { expectKnownOptions, expectNumber, MoeError } from '@tfjs-moe/core';
import { getFamily, type MixingMeasure, type Rows, trianglePlace } from '@tfjs-moe/measures';
import { classesAt, lawAt, mixed, type Predictive, predictiveOf, type RowOptions } from './predictive.ts';
import { quantileAt } from './quantile-at.ts';
import { interleaved, marginalsOf } from './several.ts';

/** Options of `predictResponse`: offsets and trials of the rows, and the level of intervals. */
export interface PredictionOptions extends Omit<RowOptions, 'groups'> {
  /** Of the intervals: the part of new responses that they hold. Default 0.95. */
  readonly level?: number;
}

/** What is to be expected of new responses, row by row. */
export interface ResponsePrediction {
  readonly rows: number;
  readonly experts: number;
  /**
   * How many responses there are, where there are several: means, deviations and the ends of intervals are then
   * [rows, responses] in row-major order, and the means of experts [rows, experts, responses].
   */
  readonly responses?: number;
  /** Of several responses, $\mathrm{Cov}[y \mid x]$ of the whole mixture: [rows, responses, responses]. */
  readonly covariance?: Float64Array;
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
 * Of several responses everything is of each whatever the others are, with the covariance of all beside it.
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
  if (measure.covariances !== undefined) return ofSeveral(who, measure, rows, options, level);
  const { units = 1, dispersions, family: own } = measure;
  const family = own ?? getFamily(units > 1 ? 'multinomial' : 'gaussian');
  return ofOne(predictiveOf(who, { measure, family }, rows, options), dispersions !== undefined, level);
}

function ofOne(law: Predictive, hasDispersions: boolean, level: number): ResponsePrediction {
  const { n, experts, family, weights: gate } = law;
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
  if (family.dispersion !== undefined && !hasDispersions) return known;
  const standardDeviation = each((i) => deviationAt(law, i, mean[i]!));
  const end = (p: number) =>
    each((i) => quantileAt(law, i, p, { mean: mean[i]!, deviation: standardDeviation[i]! }));
  return {
    ...known,
    standardDeviation,
    interval: { low: end((1 - level) / 2), high: end((1 + level) / 2) },
  };
}

/** Of each response whatever the others are, and of all together their covariance. */
function ofSeveral(
  who: string,
  measure: MixingMeasure,
  rows: Rows,
  { offset, trials }: PredictionOptions,
  level: number,
): ResponsePrediction {
  const extra = offset ?? trials;
  if (extra !== undefined) throw new MoeError(who, 'several responses have no offset and no trials', extra);
  const laws = marginalsOf(who, measure, rows);
  const each = laws.map((law) => ofOne(law, true, level));
  const { rows: n, experts, gate } = each[0]!;
  const q = laws.length;
  const covariance = new Float64Array(n * q * q);
  for (let i = 0; i < n; i++) {
    for (let e = 0; e < experts; e++) {
      const own = measure.covariances![e] ?? measure.covariances![0]!;
      const left = each.map(({ mean, expertMeans }) => expertMeans![i * experts + e]! - mean![i]!);
      for (let j = 0; j < q; j++) {
        for (let k = 0; k < q; k++) {
          const place = (i * q + j) * q + k;
          const within = own[trianglePlace(Math.max(j, k), Math.min(j, k))]!;
          covariance[place] = covariance[place]! + gate[i * experts + e]! * (within + left[j]! * left[k]!);
        }
      }
    }
  }
  return {
    rows: n,
    experts,
    responses: q,
    mean: interleaved(each.map(({ mean }) => mean!)),
    standardDeviation: interleaved(each.map(({ standardDeviation }) => standardDeviation!)),
    interval: {
      low: interleaved(each.map(({ interval }) => interval!.low)),
      high: interleaved(each.map(({ interval }) => interval!.high)),
    },
    covariance,
    gate,
    expertMeans: interleaved(each.map(({ expertMeans }) => expertMeans!)),
  };
}

function deviationAt(law: Predictive, i: number, mean: number): number {
  const { family } = law;
  return Math.sqrt(mixed(law, i, (one) => family.variance(one) + (family.mean(one) - mean) ** 2));
}
