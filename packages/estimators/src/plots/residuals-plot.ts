import { areaY, dot, line, type PlotOptions, ruleY } from '@observablehq/plot';
import { expectInteger, expectKnownOptions } from '@tfjs-moe/core';
import { normalDensity, normalQuantile } from '@tfjs-moe/numerics';
import { residuals } from '../diagnostics/residuals.ts';
import type { Sample } from '../sample.ts';
import {
  columnsToPlot,
  isLikelihood,
  isMultinomial,
  likeliestExperts,
  type PlottedFit,
  saysAt,
} from './fit.ts';
import { faint, frame, guide, spread, tick } from './frame.ts';
import { colourScale, expertName } from './palette.ts';

/** Options of `residualsPlot`. */
export interface ResidualsPlotOptions {
  /** Most observations that are drawn, evenly spread. Default 2000. */
  readonly points?: number;
}

/** 95 % of a standard normal are nearer to 0. */
const REACH = 1.959963984540054;
const NEIGHBOURHOODS = 15;

/**
 * residualsPlot: quantile residuals against fitted values, and qqPlot: the same against normal quantiles.
 *
 * Quantile residuals are standard normal where the model is right, also where the mixture is not, so the dots should be an
 * even band about 0 with 5 % beyond the dashed lines; the solid line is their mean over neighbours. Of a least-squares fit
 * they are residuals in units of the residual standard deviation.
 */
export function residualsPlot(
  fit: PlottedFit,
  sample: Sample,
  options: ResidualsPlotOptions = {},
): PlotOptions {
  const who = 'residualsPlot';
  const most = pointsOf(who, options);
  const { weights } = columnsToPlot(who, fit, sample);
  const counted = Array.from(weights.keys()).filter((i) => weights[i]! > 0);
  const rows = spread(counted.length, most).map((place) => counted[place]!);
  const values = standardised(who, fit, sample);
  const fitted = fittedValues(who, fit, sample);
  const likeliest = likeliestExperts(who, fit, sample);
  const names = Array.from({ length: fit.measure.experts }, (_, e) => expertName(e));
  const seen = rows.map((i) => ({ x: fitted[i]!, y: values[i]!, name: names[likeliest[i]!]! }));
  return frame({
    x: { label: isMultinomial(fit) ? 'expected class' : 'fitted', tickFormat: tick },
    y: { label: isLikelihood(fit) ? 'quantile residual' : 'standardised residual', grid: true },
    color: colourScale(names),
    marks: [
      ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
      ruleY([-REACH, REACH], guide),
      dot(seen, { x: 'x', y: 'y', fill: 'name', r: seen.length > 500 ? 1.5 : 2.5, fillOpacity: 0.5 }),
      line(neighbourMeans(fitted, values, weights), {
        x: 'x',
        y: 'y',
        stroke: 'currentColor',
        strokeWidth: 1.5,
      }),
    ],
  });
}

/** With the band that 95 % of the residuals of a right model are in, each by itself. */
export function qqPlot(fit: PlottedFit, sample: Sample, options: ResidualsPlotOptions = {}): PlotOptions {
  const who = 'qqPlot';
  const most = pointsOf(who, options);
  const { weights, totalWeight } = columnsToPlot(who, fit, sample);
  const values = standardised(who, fit, sample);
  const order = Array.from(values.keys())
    .filter((i) => weights[i]! > 0)
    .sort((i, j) => values[i]! - values[j]!);
  let below = 0;
  const points = order.map((i) => {
    const p = (below + weights[i]! / 2) / totalWeight;
    below += weights[i]!;
    const x = normalQuantile(p);
    return { x, y: values[i]!, reach: (REACH * Math.sqrt((p * (1 - p)) / totalWeight)) / normalDensity(x) };
  });
  const seen = spread(points.length, most).map((i) => points[i]!);
  return frame({
    x: { label: 'normal quantile' },
    y: { label: isLikelihood(fit) ? 'quantile residual' : 'standardised residual', grid: true },
    marks: [
      areaY(seen, { x: 'x', y1: ({ x, reach }) => x - reach, y2: ({ x, reach }) => x + reach, ...faint }),
      line(seen, { x: 'x', y: 'x', ...guide }),
      dot(seen, { x: 'x', y: 'y', fill: 'currentColor', r: seen.length > 500 ? 1.5 : 2.5 }),
    ],
  });
}

function pointsOf(who: string, options: ResidualsPlotOptions): number {
  expectKnownOptions(who, options, ['points']);
  return expectInteger(who, 'points', options.points ?? 2000, { min: 2 });
}

function standardised(who: string, fit: PlottedFit, sample: Sample): Float64Array {
  if (isLikelihood(fit)) return residuals(fit, sample);
  const sigma = Math.sqrt(fit.sigma2);
  const { mixture } = saysAt(who, fit, sample.inputs);
  return mixture.map((mean, i) => (sample.response[i]! - mean) / sigma);
}

/** The mean of the mixture; of classes, that of their numbers. */
function fittedValues(who: string, fit: PlottedFit, sample: Sample): Float64Array {
  const { units, mixture } = saysAt(who, fit, sample.inputs, sample);
  if (!isMultinomial(fit)) return mixture;
  return Float64Array.from(sample.inputs, (_, i) => {
    let mean = 0;
    for (let c = 0; c < units; c++) mean += c * mixture[i * units + c]!;
    return mean;
  });
}

/** Means, by weight, over runs of equally many rows that count, in the order of the fitted values. */
function neighbourMeans(
  fitted: Float64Array,
  values: Float64Array,
  weights: Float64Array,
): { x: number; y: number }[] {
  const order = Array.from(fitted.keys())
    .filter((i) => weights[i]! > 0)
    .sort((i, j) => fitted[i]! - fitted[j]!);
  const size = Math.ceil(order.length / NEIGHBOURHOODS);
  // Means of fewer rows say more about chance than about the model.
  if (size < 5) return [];
  return Array.from({ length: Math.floor(order.length / size) }, (_, k) => {
    const run = order.slice(k * size, (k + 1) * size);
    const total = run.reduce((sum, i) => sum + weights[i]!, 0);
    const mean = (of: Float64Array) => run.reduce((sum, i) => sum + (weights[i]! / total) * of[i]!, 0);
    return { x: mean(fitted), y: mean(values) };
  });
}
