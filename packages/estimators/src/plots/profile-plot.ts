import { dot, line, type PlotOptions, ruleX, ruleY, text } from '@observablehq/plot';
import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import type { ProfileCurve } from '../profile/profile-curves.ts';
import { reachOf } from '../profile/profile-intervals.ts';
import { frame, guide, label, tick } from './frame.ts';

/** Options of `profilePlot`. */
export interface ProfilePlotOptions {
  /** Of the interval whose height has a line. Default 0.95. */
  readonly level?: number;
}

/**
 * profilePlot: the likelihood ratio along a number, as `profileCurves` found it, with Wald's parabola dashed. Below the
 * horizontal line lies the interval of a level.
 */
export function profilePlot(curve: ProfileCurve, options: ProfilePlotOptions = {}): PlotOptions {
  const who = 'profilePlot';
  const { points, value, text: name } = curve ?? {};
  if (!points?.length) throw new MoeError(who, 'the argument must be one of profileCurves', curve);
  expectKnownOptions(who, options, ['level']);
  const level = options.level ?? 0.95;
  const height = reachOf(who, level) ** 2;
  const top = 1.15 * Math.max(height, ...points.map(({ likelihoodRatio }) => likelihoodRatio));
  const wald = points.map(({ value: x, waldRoot }) => ({ value: x, likelihoodRatio: waldRoot ** 2 }));
  const at = { x: 'value', y: 'likelihoodRatio' } as const;
  return frame({
    height: 240,
    x: { label: name ?? '', tickFormat: tick },
    y: { label: 'likelihood ratio', domain: [0, top], grid: true, tickFormat: tick },
    marks: [
      ruleY([height], { ...guide, strokeDasharray: '1 3' }),
      text([{ value: points[0]!.value, likelihoodRatio: height }], {
        ...at,
        text: () => `${Number((100 * level).toPrecision(6))} %`,
        textAnchor: 'start',
        dy: -8,
        ...label,
      }),
      ruleX([value!], guide),
      line(wald, { ...at, ...guide, clip: true }),
      line(points, { ...at, stroke: 'currentColor', strokeWidth: 2 }),
      dot(points, { ...at, fill: 'currentColor', r: 2 }),
    ],
  });
}
