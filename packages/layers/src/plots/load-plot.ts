import { line, type PlotOptions, rect, ruleY, text } from '@observablehq/plot';
import { MoeError } from '@tfjs-moe/core';
import { callsOf } from '../trace/calls-by-layer.ts';
import { layerReports } from '../trace/layer-reports.ts';
import { expectTrace, type RoutingTrace } from '../trace/routing-trace.ts';
import { CELL, colourScale, DISTINCT, frame, guide, label, ticksOf } from './frame.ts';

/** The load of a batch and when it was, as `routingLogger` keeps it. */
export interface LoadAt {
  readonly step: number;
  /** Fraction of the tokens that each expert was sent. */
  readonly load: readonly number[];
}

/**
 * loadPlot: the load of every expert over the steps of a training. Up to seven experts are lines, with what an even routing
 * would give dashed; more are rows, the stronger the more tokens.
 * @param history `routingLogger(...).history`, or a trace of several steps
 * @param layer which, where it is a trace of several
 */
export function loadPlot(history: readonly LoadAt[] | RoutingTrace, layer?: string | number): PlotOptions {
  const loads = loadsOf(history, layer);
  const experts = loads[0]!.load.length;
  const points = loads.flatMap(({ step, load }) => load.map((value, expert) => ({ step, expert, value })));
  return experts <= DISTINCT ? lines(points, experts) : rows(points, loads, experts);
}

type Point = { readonly step: number; readonly expert: number; readonly value: number };

function lines(points: readonly Point[], experts: number): PlotOptions {
  const total = points.reduce((sum, { value }) => sum + value, 0);
  const even = total / points.length;
  const last = points.slice(-experts);
  const most = points.reduce((largest, { value }) => Math.max(largest, value), even);
  return frame({
    height: 240,
    marginRight: 72,
    x: { label: 'step', nice: false, ticks: 6, tickFormat: 'd' },
    y: { label: 'load', grid: true, ticks: 5, domain: [0, most] },
    color: colourScale(Array.from({ length: experts }, (_, e) => e)),
    marks: [
      ruleY([even], guide),
      line(points, { x: 'step', y: 'value', z: 'expert', stroke: 'expert', strokeWidth: 2 }),
      text(apart(last, most), {
        x: 'step',
        y: 'value',
        text: ({ expert }: Point) => `expert ${expert}`,
        textAnchor: 'start',
        dx: 6,
        ...label,
        fill: 'expert',
      }),
    ],
  });
}

/** Names moved up and down until they can be read. */
function apart(points: readonly Point[], most: number): Point[] {
  const room = most / 11;
  let below = Number.NEGATIVE_INFINITY;
  const raised = [...points]
    .sort((a, b) => a.value - b.value)
    .map((point) => {
      below = Math.max(point.value, below + room);
      return { ...point, value: below };
    });
  const over = Math.max(0, below - most);
  return raised.map((point) => ({ ...point, value: point.value - over }));
}

function rows(points: readonly Point[], loads: readonly LoadAt[], experts: number): PlotOptions {
  const most = points.reduce((largest, { value }) => Math.max(largest, value), 0) || 1;
  const next = new Map(
    loads.map(({ step }, i) => [
      step,
      loads[i + 1]?.step ?? step + (step - (loads[i - 1]?.step ?? step - 1)),
    ]),
  );
  return frame({
    height: Math.min(560, Math.max(160, 14 * experts)) + 60,
    x: { label: 'step', ticks: 6, tickFormat: 'd' },
    y: {
      label: 'expert',
      domain: [experts, 0],
      ticks: ticksOf(experts, 16).map((e) => e + 0.5),
      tickFormat: (e: number) => `${e - 0.5}`,
      tickSize: 0,
    },
    marks: [
      rect(points, {
        x1: 'step',
        x2: ({ step }: Point) => next.get(step)!,
        y1: 'expert',
        y2: ({ expert }: Point) => expert + 1,
        fill: CELL,
        fillOpacity: { value: ({ value }: Point) => 0.04 + (0.9 * value) / most, scale: null },
        inset: 0,
      } as never),
    ],
  });
}

function loadsOf(
  history: readonly LoadAt[] | RoutingTrace,
  layer: string | number | undefined,
): readonly LoadAt[] {
  const who = 'loadPlot';
  if (!Array.isArray(history) || history.length === 0)
    throw new MoeError(
      who,
      'history must be a list of batches with their loads, or a trace, of at least one',
      history,
    );
  if (history.every((at) => Array.isArray(at?.load) && Number.isFinite(at.step))) {
    const all = history as readonly LoadAt[];
    if (all.every(({ load }) => load.length === all[0]!.load.length)) return all;
    throw new MoeError(
      who,
      'all batches must have as many experts',
      all.map(({ load }) => load.length),
    );
  }
  const { calls } = callsOf(who, expectTrace(who, history), layer);
  const steps = [...new Set(calls.map(({ step }) => step))].sort((a, b) => a - b);
  return steps.map((step) => {
    const [report] = layerReports(calls.filter((call) => call.step === step));
    return { step, load: report!.load };
  });
}
