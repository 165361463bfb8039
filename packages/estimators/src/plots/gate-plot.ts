import type { PlotOptions } from '@observablehq/plot';
import { expectKnownOptions } from '@tfjs-moe/core';
import type { Sample } from '../sample.ts';
import { curveMarks, labelMarks } from './curve-marks.ts';
import { curveLabels, curvePoints } from './curves.ts';
import { CLASSES_MARGIN } from './experts-plot.ts';
import { expectPlotted, isMultinomial, type PlottedFit, saysAt } from './fit.ts';
import { frame, tick } from './frame.ts';
import { colourScale, expertName } from './palette.ts';
import { type SliceOptions, sliceOf } from './slice.ts';

/**
 * gatePlot: how much the gate listens to every expert along one input, on the same axis as `expertsPlot`.
 */
export function gatePlot(fit: PlottedFit, sample: Sample, options: SliceOptions = {}): PlotOptions {
  const who = 'gatePlot';
  expectKnownOptions(who, options, ['input']);
  expectPlotted(who, fit);
  const slice = sliceOf(who, sample, options, fit.measure.inputDim);
  const { experts, weights } = saysAt(who, fit, slice.rows);
  const names = Array.from({ length: experts }, (_, e) => expertName(e));
  const curves = names.map((name, e) => ({ name, y: (i: number) => weights[i * experts + e]! }));
  // Weights of a sigmoid gate need not sum to 1.
  const most = Math.max(
    1,
    weights.reduce((a, b) => Math.max(a, b)),
  );
  return frame({
    height: 200,
    marginTop: 30,
    // Below the panels of classes, to the same width.
    ...(isMultinomial(fit) && { marginRight: CLASSES_MARGIN }),
    x: { label: slice.axis, tickFormat: tick },
    y: { label: 'gate', domain: [0, most], ticks: 5, grid: true },
    color: colourScale(names),
    marks: [curveMarks(curvePoints(slice, curves)), ...labelMarks(curveLabels(slice, curves))],
  });
}
