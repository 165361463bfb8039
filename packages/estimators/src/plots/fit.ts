/**
 * What pictures need of a fit, by maximum likelihood or by least squares: what gate and experts say at some inputs.
 */
import { MoeError } from '@tfjs-moe/core';
import { evaluated, type Rows, responsibilities } from '@tfjs-moe/measures';
import { lawAt, predictive, type RowOptions } from '../diagnostics/predictive.ts';
import { columnsForFit } from '../fitted-sample.ts';
import type { LeastSquaresFit } from '../least-squares/fit.ts';
import { expectOneResponse, isOfClasses } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { type Columns, columnsOfSample, type Sample } from '../sample.ts';

/** A fit that can be drawn: of either estimator. */
export type PlottedFit = MaximumLikelihoodFit | LeastSquaresFit;

export function isLikelihood(fit: PlottedFit): fit is MaximumLikelihoodFit {
  return 'estimator' in fit;
}

export function isMultinomial(fit: PlottedFit): fit is MaximumLikelihoodFit {
  return isLikelihood(fit) && isOfClasses(fit);
}

export interface Says {
  readonly experts: number;
  /** 1 for a number; of classes, how many. */
  readonly units: number;
  /** [rows, experts]. */
  readonly weights: Float64Array;
  /** Means, or probabilities of classes: [rows, experts, units]. */
  readonly outputs: Float64Array;
  /** The same of the mixture: [rows, units]. */
  readonly mixture: Float64Array;
}

/**
 * Refuses what is no fit.
 * @throws MoeError
 */
export function expectPlotted(who: string, fit: PlottedFit): void {
  if (fit?.measure === undefined) throw new MoeError(who, 'the fit must come from an estimator', fit);
}

/**
 * The columns of a sample that a fit of one response can be drawn over.
 * @throws MoeError
 */
export function columnsToPlot(who: string, fit: PlottedFit, sample: Sample): Columns {
  expectPlotted(who, fit);
  if (!isLikelihood(fit)) {
    const { offset, trials } = sample;
    if ((offset ?? trials) !== undefined)
      throw new MoeError(who, 'a fit of least squares has no offset and no trials', offset ?? trials);
    return columnsOfSample(who, sample);
  }
  const columns = columnsForFit(who, fit, sample);
  expectOneResponse(who, fit.measure);
  return columns;
}

export function saysAt(who: string, fit: PlottedFit, rows: Rows, options: RowOptions = {}): Says {
  const { experts } = fit.measure;
  const { units, weights, outputs } = partsAt(who, fit, rows, options);
  const mixture = new Float64Array(rows.length * units);
  for (let place = 0; place < weights.length; place++) {
    // An expert that a row is not sent to has no say, even where its output overflows.
    if (weights[place] === 0) continue;
    const to = Math.floor(place / experts) * units;
    for (let u = 0; u < units; u++) {
      mixture[to + u] = mixture[to + u]! + weights[place]! * outputs[place * units + u]!;
    }
  }
  return { experts, units, weights, outputs, mixture };
}

function partsAt(
  who: string,
  fit: PlottedFit,
  rows: Rows,
  options: RowOptions,
): Pick<Says, 'units' | 'weights' | 'outputs'> {
  if (!isLikelihood(fit)) return { units: 1, ...evaluated(who, fit.measure, rows, 'both') };
  const law = predictive(who, fit, rows, options);
  const { family, n, experts, units, weights } = law;
  const each = Array.from({ length: n * experts }, (_, place) =>
    lawAt(law, Math.floor(place / experts), place % experts),
  );
  if (family.isClass !== true)
    return { units: 1, weights, outputs: Float64Array.from(each, (own) => family.mean(own)) };
  const classes = each.flatMap((own) => Array.from({ length: units }, (_, c) => family.tails(own, c)[1]));
  return { units, weights, outputs: Float64Array.from(classes) };
}

/** The expert that every row most likely came from; of a least-squares fit, the one with the largest weight. */
export function likeliestExperts(who: string, fit: PlottedFit, sample: Sample): number[] {
  const { experts } = fit.measure;
  const odds = isLikelihood(fit)
    ? responsibilities(fit.measure, sample, { family: fit.family })
    : saysAt(who, fit, sample.inputs).weights;
  return Array.from({ length: sample.inputs.length }, (_, i) => {
    const row = odds.subarray(i * experts, (i + 1) * experts);
    return row.indexOf(row.reduce((most, value) => Math.max(most, value)));
  });
}
