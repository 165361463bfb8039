/**
 * What pictures need of a fit, by maximum likelihood or by least squares: what gate and experts say at some inputs.
 */
import { MoeError } from '@tfjs-moe/core';
import { evaluated, type Rows, responsibilities } from '@tfjs-moe/measures';
import { predictive } from '../diagnostics/predictive.ts';
import type { LeastSquaresFit } from '../least-squares/fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import type { Sample } from '../sample.ts';

/** A fit that can be drawn: of either estimator. */
export type PlottedFit = MaximumLikelihoodFit | LeastSquaresFit;

export function isLikelihood(fit: PlottedFit): fit is MaximumLikelihoodFit {
  return 'estimator' in fit;
}

export function isMultinomial(fit: PlottedFit): fit is MaximumLikelihoodFit {
  return isLikelihood(fit) && fit.response === 'multinomial';
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

export function saysAt(who: string, fit: PlottedFit, rows: Rows): Says {
  const { experts } = fit.measure;
  const { units, weights, outputs } = partsAt(who, fit, rows);
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

function partsAt(who: string, fit: PlottedFit, rows: Rows): Pick<Says, 'units' | 'weights' | 'outputs'> {
  if (!isLikelihood(fit)) return { units: 1, ...evaluated(who, fit.measure, rows, 'both') };
  const { units, weights, means, classes } = predictive(who, fit, rows);
  return isMultinomial(fit) ? { units, weights, outputs: classes } : { units: 1, weights, outputs: means };
}

/** The expert that every row most likely came from; of a least-squares fit, the one with the largest weight. */
export function likeliestExperts(who: string, fit: PlottedFit, sample: Sample): number[] {
  const { inputs, response } = sample;
  const { experts, units, weights, outputs } = saysAt(who, fit, inputs);
  const odds = isMultinomial(fit)
    ? weights.map(
        (weight, place) => weight * outputs[place * units + response[Math.floor(place / experts)]!]!,
      )
    : isLikelihood(fit)
      ? responsibilities(fit.measure, sample)
      : weights;
  return Array.from({ length: inputs.length }, (_, i) => {
    const row = odds.subarray(i * experts, (i + 1) * experts);
    return row.indexOf(row.reduce((most, value) => Math.max(most, value)));
  });
}
