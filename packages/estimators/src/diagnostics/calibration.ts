import { expectInteger, expectKnownOptions } from '@tfjs-moe/core';
import { columnsForFit } from '../fitted-sample.ts';
import { expectOneResponse, isOfClasses } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import type { Columns, Sample } from '../sample.ts';
import { classesAt, predictive } from './predictive.ts';
import { residuals } from './residuals.ts';

/** Options of `calibration`: how many bins. */
export interface CalibrationOptions {
  /** Default 10. */
  readonly bins?: number;
}

/** One bin of predictions, with what was observed in it. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  /** Mean of the predictions in the bin; of a number the share that the bin should have. */
  readonly predicted: number;
  readonly observed: number;
  /** Sum of the weights in the bin. */
  readonly weight: number;
}

/**
 * What `calibration` returns: predictions against what was observed, bin by bin, with one number for the whole.
 */
export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** Of a number, the largest distance between the distribution of $F(y \mid x)$ and the uniform one; of classes, the expected calibration error. */
  readonly error: number;
}

/**
 * calibration: whether probabilities that a fit predicts come true as often as they say.
 *
 * Of a number: how many of the values $F(y \mid x)$ fall into each of some bins of equal length, all equally many if the
 * model is right, with Kolmogorov's distance to the uniform law. Of a class: predicted against observed frequency of every
 * class in bins of the prediction, with the expected calibration error (Naeini et al., 2015).
 */
export function calibration(
  fit: MaximumLikelihoodFit,
  sample: Sample,
  options: CalibrationOptions = {},
): Calibration {
  return calibrated('calibration', fit, sample, options);
}

/** The same, for those who name themselves in errors. */
export function calibrated(
  who: string,
  fit: MaximumLikelihoodFit,
  sample: Sample,
  options: CalibrationOptions,
): Calibration {
  expectKnownOptions(who, options, ['bins']);
  const bins = expectInteger(who, 'bins', options.bins ?? 10, { min: 1 });
  const columns = columnsForFit(who, fit, sample);
  expectOneResponse(who, fit.measure);
  return isOfClasses(fit) ? ofClasses(fit, sample, columns, bins) : ofNumbers(fit, sample, columns, bins);
}

function ofNumbers(
  fit: MaximumLikelihoodFit,
  sample: Sample,
  { weights, totalWeight }: Columns,
  bins: number,
): Calibration {
  const pit = residuals(fit, sample, { kind: 'pit' });
  const table = Array.from({ length: bins }, () => 0);
  pit.forEach((u, i) => {
    const bin = Math.min(bins - 1, Math.floor(u * bins));
    table[bin] = table[bin]! + weights[i]!;
  });
  const order = Array.from(pit.keys()).sort((i, j) => pit[i]! - pit[j]!);
  let below = 0;
  let error = 0;
  for (const i of order) {
    error = Math.max(error, Math.abs(pit[i]! - below));
    below += weights[i]! / totalWeight;
    error = Math.max(error, Math.abs(pit[i]! - below));
  }
  return {
    bins: table.map((weight, b) => ({
      from: b / bins,
      to: (b + 1) / bins,
      predicted: 1 / bins,
      observed: weight / totalWeight,
      weight,
    })),
    error,
  };
}

function ofClasses(
  fit: MaximumLikelihoodFit,
  sample: Sample,
  { response, weights }: Columns,
  bins: number,
): Calibration {
  const law = predictive('calibration', fit, sample.inputs);
  const { n, units } = law;
  const sums = Array.from({ length: bins }, () => ({ predicted: 0, observed: 0, weight: 0 }));
  for (let i = 0; i < n; i++) {
    const classes = classesAt(law, i);
    for (let c = 0; c < units; c++) {
      const p = classes[c]!;
      const bin = sums[Math.min(bins - 1, Math.floor(p * bins))]!;
      bin.predicted += weights[i]! * p;
      bin.observed += response[i] === c ? weights[i]! : 0;
      bin.weight += weights[i]!;
    }
  }
  const total = sums.reduce((sum, { weight }) => sum + weight, 0);
  return {
    bins: sums.map(({ predicted, observed, weight }, b) => ({
      from: b / bins,
      to: (b + 1) / bins,
      predicted: weight > 0 ? predicted / weight : 0,
      observed: weight > 0 ? observed / weight : 0,
      weight,
    })),
    error: sums.reduce((sum, { predicted, observed }) => sum + Math.abs(predicted - observed) / total, 0),
  };
}
