import type { PlotOptions } from '@observablehq/plot';
import { cell } from '@observablehq/plot';
import { expectInteger, expectKnownOptions } from '@tfjs-moe/core';
import { callsOf } from '../trace/calls-by-layer.ts';
import { expectTrace, type RoutingTrace } from '../trace/routing-trace.ts';
import { cellsPlot } from './cells.ts';

/** Options of `choicesPlot`: which layer, and how much of it. */
export interface ChoicesPlotOptions {
  /** Which layer, where the trace has several. */
  readonly layer?: string | number;
  /** The most tokens that are drawn, from the first one. Default 64. */
  readonly tokens?: number;
}

/**
 * choicesPlot: which experts each token was sent to, as strong as its weight; grey is padding. Tokens are named by their
 * labels, where the trace has some.
 */
export function choicesPlot(trace: RoutingTrace, options: ChoicesPlotOptions = {}): PlotOptions {
  const who = 'choicesPlot';
  expectKnownOptions(who, options, ['layer', 'tokens']);
  const most = expectInteger(who, 'tokens', options.tokens ?? 64, { min: 1 });
  const { experts, calls } = callsOf(who, expectTrace(who, trace), options.layer);
  const tokens = calls
    .flatMap(({ choices, weights, labels }) =>
      choices.map((chosen, t) => ({ chosen, weights: weights?.[t], label: labels?.[t] })),
    )
    .slice(0, most);
  const padding = tokens.flatMap(({ chosen }, row) =>
    chosen === null ? Array.from({ length: experts }, (_, column) => ({ row, column })) : [],
  );
  return cellsPlot({
    rows: tokens.map(({ label }, t) => label ?? t),
    columns: experts,
    value(row, column) {
      const { chosen, weights } = tokens[row]!;
      const at = chosen?.indexOf(column) ?? -1;
      return at < 0 ? null : Math.abs(weights?.[at] ?? 1);
    },
    x: 'expert',
    y: 'token',
    written: false,
    marks: [cell(padding, { x: 'column', y: 'row', fill: 'currentColor', fillOpacity: 0.08 })],
  });
}
