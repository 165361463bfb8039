import { dot, line, type PlotOptions } from '@observablehq/plot';
import { expectBoolean, expectKnownOptions } from '@tfjs-moe/core';
import { expectPlotted, isLikelihood, type PlottedFit } from './fit.ts';
import { frame, tick } from './frame.ts';

/** Options of `historyPlot`. */
export interface HistoryPlotOptions {
  /** Whether to show the distance to the last value, on a logarithmic axis. Default false. */
  readonly gap?: boolean;
}

/**
 * historyPlot: the log-likelihood after every iteration of the best start; of a least-squares fit, the sum of squares.
 *
 * `gap` shows how far each is from the last one, on a logarithmic axis: a straight line down is EM's linear convergence, a
 * dive at the end Newton's.
 */
export function historyPlot(fit: PlottedFit, options: HistoryPlotOptions = {}): PlotOptions {
  const who = 'historyPlot';
  expectKnownOptions(who, options, ['gap']);
  expectPlotted(who, fit);
  const gap = expectBoolean(who, 'gap', options.gap ?? false);
  const name = isLikelihood(fit) ? 'log-likelihood' : 'residual sum of squares';
  const last = fit.history.at(-1) ?? 0;
  const points = fit.history
    .map((value, iteration) => ({ iteration, value: gap ? Math.abs(value - last) : value }))
    .filter(({ value }) => !gap || value > 0);
  return frame({
    height: 240,
    marginLeft: 72,
    x: { label: 'iteration', nice: true },
    y: {
      label: gap ? `${name}: distance to the last` : name,
      grid: true,
      ...(gap ? { type: 'log', tickFormat: '~e' } : { tickFormat: tick }),
    },
    marks: [
      line(points, { x: 'iteration', y: 'value', stroke: 'currentColor', strokeOpacity: 0.5 }),
      dot(points, { x: 'iteration', y: 'value', fill: 'currentColor', r: points.length > 60 ? 1.5 : 2.5 }),
    ],
  });
}
