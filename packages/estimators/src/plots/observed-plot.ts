import { dot, line, type PlotOptions } from '@observablehq/plot';
import { expectInteger, expectKnownOptions, MoeError } from '@tfjs-moe/core';
import type { Sample } from '../sample.ts';
import { columnsToPlot, isMultinomial, likeliestExperts, type PlottedFit, saysAt } from './fit.ts';
import { frame, guide, spread, tick } from './frame.ts';
import { colourScale, expertName } from './palette.ts';
import type { ResidualsPlotOptions } from './residuals-plot.ts';

/**
 * observedPlot: observed against fitted responses, for any number of inputs. On the dashed line they are equal.
 */
export function observedPlot(
  fit: PlottedFit,
  sample: Sample,
  options: ResidualsPlotOptions = {},
): PlotOptions {
  const who = 'observedPlot';
  expectKnownOptions(who, options, ['points']);
  const points = expectInteger(who, 'points', options.points ?? 2000, { min: 2 });
  const rows = spread(columnsToPlot(who, fit, sample).n, points);
  const { mixture } = saysAt(who, fit, sample.inputs, sample);
  if (isMultinomial(fit)) throw new MoeError(who, 'a class has no fitted value: take calibrationPlot');
  const likeliest = likeliestExperts(who, fit, sample);
  const names = Array.from({ length: fit.measure.experts }, (_, e) => expertName(e));
  const seen = rows.map((i) => ({ x: mixture[i]!, y: sample.response[i]!, name: names[likeliest[i]!]! }));
  const ends = [Math.min, Math.max].map((end) => seen.map(({ x }) => x).reduce((a, b) => end(a, b)));
  return frame({
    x: { label: 'fitted', tickFormat: tick },
    y: { label: `observed ${sample.responseName ?? 'y'}`, tickFormat: tick, grid: true },
    color: colourScale(names),
    marks: [
      line(ends, { x: (value: number) => value, y: (value: number) => value, ...guide }),
      dot(seen, { x: 'x', y: 'y', fill: 'name', r: seen.length > 500 ? 1.5 : 2.5, fillOpacity: 0.6 }),
    ],
  });
}
