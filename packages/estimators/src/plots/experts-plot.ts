import { axisFy, dot, line, type PlotOptions, ruleX } from '@observablehq/plot';
import { expectInteger, expectKnownOptions } from '@tfjs-moe/core';
import type { Sample } from '../sample.ts';
import { curveMarks, labelMarks } from './curve-marks.ts';
import { curveLabels, curvePoints } from './curves.ts';
import { columnsToPlot, isMultinomial, likeliestExperts, type PlottedFit, type Says, saysAt } from './fit.ts';
import { frame, spread, tick } from './frame.ts';
import { colourScale, expertName } from './palette.ts';
import { type Slice, type SliceOptions, sliceOf } from './slice.ts';

/** Options of `expertsPlot`. */
export interface ExpertsPlotOptions extends SliceOptions {
  /** Most observations that are drawn, evenly spread over the rows. Default 2000. */
  readonly points?: number;
  /** What classes are called. Default 0, 1, ... */
  readonly classNames?: readonly string[];
}

/** Room for the names of the facets. */
export const CLASSES_MARGIN = 70;

const WHO = 'expertsPlot';

/**
 * expertsPlot: what every expert says along one input, over the observations. A curve is strong where the gate listens to
 * the expert, faint where it does not; the dashed line is the mixture. Dots have the colour of the likeliest expert.
 *
 * Of classes: probabilities, of the mixture and below of every expert, with the observed classes as ticks.
 */
export function expertsPlot(fit: PlottedFit, sample: Sample, options: ExpertsPlotOptions = {}): PlotOptions {
  expectKnownOptions(WHO, options, ['input', 'points', 'classNames']);
  const points = expectInteger(WHO, 'points', options.points ?? 2000, { min: 0 });
  columnsToPlot(WHO, fit, sample);
  const slice = sliceOf(WHO, sample, options, fit.measure.inputDim);
  const rows = spread(sample.inputs.length, points);
  const says = saysAt(WHO, fit, slice.rows, slice.beside);
  return isMultinomial(fit)
    ? ofClasses(slice, says, sample, rows, options.classNames)
    : ofNumbers(slice, says, sample, rows, likeliestExperts(WHO, fit, sample));
}

function ofNumbers(
  slice: Slice,
  { experts, weights, outputs, mixture }: Says,
  { inputs, response, responseName = 'y' }: Sample,
  rows: readonly number[],
  likeliest: readonly number[],
): PlotOptions {
  const names = Array.from({ length: experts }, (_, e) => expertName(e));
  const curves = names.map((name, e) => ({
    name,
    y: (i: number) => outputs[i * experts + e]!,
    strength: (i: number) => weights[i * experts + e]!,
    height: (i: number) => weights[i * experts + e]!,
  }));
  const seen = rows.map((i) => ({
    x: inputs[i]![slice.index]!,
    y: response[i]!,
    name: expertName(likeliest[i]!),
  }));
  return frame({
    x: { label: slice.axis, tickFormat: tick },
    // An expert may run far out where the gate does not listen to it.
    y: {
      label: responseName,
      tickFormat: tick,
      domain: padded([...Array.from(response), ...mixture]),
      grid: true,
    },
    color: colourScale(names),
    marks: [
      dot(seen, { x: 'x', y: 'y', fill: 'name', r: seen.length > 500 ? 1.5 : 2.5, fillOpacity: 0.5 }),
      curveMarks(curvePoints(slice, curves)),
      line(slice.along, {
        x: (x: number) => x,
        y: Array.from(mixture),
        stroke: 'currentColor',
        clip: true,
        strokeDasharray: '4 3',
      }),
      ...labelMarks(experts > 1 ? curveLabels(slice, curves) : []),
    ],
  });
}

function ofClasses(
  slice: Slice,
  { experts, units, weights, outputs, mixture }: Says,
  { inputs, response }: Sample,
  rows: readonly number[],
  classNames: readonly string[] | undefined,
): PlotOptions {
  const names = Array.from({ length: units }, (_, c) => classNames?.[c] ?? `${c}`);
  const whole = names.map((name, c) => ({ name, y: (i: number) => mixture[i * units + c]! }));
  const seen = rows.map((i) => ({ x: inputs[i]![slice.index]!, name: names[response[i]!]! }));
  const panels = experts > 1 ? Array.from({ length: experts }, (_, e) => expertName(e)) : [];
  return frame({
    height: 200 + 130 * panels.length,
    marginRight: CLASSES_MARGIN,
    x: { label: slice.axis, tickFormat: tick },
    y: { label: 'probability', domain: [-0.12, 1.12], ticks: [0, 0.5, 1], grid: true },
    fy: { label: null, domain: ['mixture', ...panels] },
    color: colourScale(names),
    marks: [
      axisFy({ fontWeight: 600 }),
      ruleX(seen, { fy: () => 'mixture', x: 'x', y1: -0.1, y2: -0.02, stroke: 'name', strokeOpacity: 0.5 }),
      curveMarks(curvePoints(slice, whole), { fy: 'mixture' }),
      ...labelMarks(curveLabels(slice, whole), { fy: 'mixture' }),
      ...panels.map((panel, e) =>
        curveMarks(
          curvePoints(
            slice,
            names.map((name, c) => ({
              name,
              y: (i: number) => outputs[(i * experts + e) * units + c]!,
              strength: (i: number) => weights[i * experts + e]!,
            })),
          ),
          { fy: panel },
        ),
      ),
    ],
  });
}

/** From the smallest to the largest, and a twentieth more at both ends. */
function padded(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  const least = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const most = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const margin = most > least ? (most - least) / 20 : 1;
  return [least - margin, most + margin];
}
