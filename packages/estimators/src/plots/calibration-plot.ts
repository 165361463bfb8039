import { dot, line, type PlotOptions, rectY, ruleX, ruleY } from '@observablehq/plot';
import { type Calibration, type CalibrationOptions, calibrated } from '../diagnostics/calibration.ts';
import { isOfClasses } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import type { Sample } from '../sample.ts';
import { faint, frame, guide } from './frame.ts';

const REACH = 1.959963984540054;

/**
 * calibrationPlot: whether predicted probabilities come true.
 *
 * Of a number: the share of the observations in each bin of the predicted distribution function, which should be level; grey
 * is where 95 % of the bars end by chance if the model is right. Of a class: observed against predicted frequencies, which
 * should be equal, with their 95 % intervals.
 */
export function calibrationPlot(
  fit: MaximumLikelihoodFit,
  sample: Sample,
  options: CalibrationOptions = {},
): PlotOptions {
  const found = calibrated('calibrationPlot', fit, sample, options);
  return isOfClasses(fit) ? ofClasses(found) : ofNumbers(found);
}

function ofNumbers({ bins }: Calibration): PlotOptions {
  const n = bins.reduce((sum, { weight }) => sum + weight, 0);
  const level = 1 / bins.length;
  const reach = REACH * Math.sqrt((level * (1 - level)) / n);
  return frame({
    height: 240,
    x: { label: 'predicted distribution function at the response', domain: [0, 1] },
    y: { label: 'share of the observations', grid: true, tickFormat: '.0%' },
    marks: [
      rectY(bins, { x1: 'from', x2: 'to', y: 'observed', fill: '#56b4e9', fillOpacity: 0.7, insetLeft: 1 }),
      rectY([0], { x1: 0, x2: 1, y1: Math.max(0, level - reach), y2: level + reach, ...faint }),
      ruleY([level], guide),
      ruleY([0], { stroke: 'currentColor' }),
    ],
  });
}

function ofClasses({ bins }: Calibration): PlotOptions {
  const points = bins
    .filter(({ weight }) => weight > 0)
    .map(({ predicted, observed, weight }) => ({
      predicted,
      observed,
      weight,
      reach: REACH * Math.sqrt((predicted * (1 - predicted)) / weight),
    }));
  const most = Math.max(...points.map(({ weight }) => weight));
  return frame({
    x: { label: 'predicted probability', domain: [0, 1] },
    y: { label: 'observed frequency', domain: [0, 1], grid: true },
    marks: [
      line([0, 1], { x: (value: number) => value, y: (value: number) => value, ...guide }),
      ruleX(points, {
        x: 'predicted',
        y1: ({ observed, reach }) => Math.max(0, observed - reach),
        y2: ({ observed, reach }) => Math.min(1, observed + reach),
        stroke: '#0072b2',
      }),
      dot(points, {
        x: 'predicted',
        y: 'observed',
        fill: '#0072b2',
        r: ({ weight }) => 3 + 4 * Math.sqrt(weight / most),
      }),
    ],
    r: { type: 'identity' },
  });
}
