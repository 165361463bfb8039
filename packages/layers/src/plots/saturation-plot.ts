import { dot, line, type PlotOptions, text } from '@observablehq/plot';
import { MoeError } from '@tfjs-moe/core';
import { saturation } from '../trace/compare-traces.ts';
import type { RoutingTrace } from '../trace/routing-trace.ts';
import { colourScale, frame, label } from './frame.ts';

/** A checkpoint: when it was, and its trace of the same inputs as all others. */
export interface CheckpointTrace {
  /** Step, epoch or whatever the axis is to say. */
  readonly at: number;
  readonly trace: RoutingTrace;
}

/**
 * saturationPlot: the share of its experts that each checkpoint already had in common with the last one, layer by layer.
 */
export function saturationPlot(checkpoints: readonly CheckpointTrace[]): PlotOptions {
  const who = 'saturationPlot';
  if (!Array.isArray(checkpoints) || checkpoints.length < 2)
    throw new MoeError(who, 'there must be at least two checkpoints', checkpoints);
  const isCheckpoint = ({ at, trace }: CheckpointTrace) => Number.isFinite(at) && Array.isArray(trace);
  if (!checkpoints.every((each) => each && isCheckpoint(each)))
    throw new MoeError(who, 'every checkpoint must be { at, trace }', checkpoints);
  const final = checkpoints.at(-1)!;
  const points = checkpoints.flatMap(({ at, trace }) =>
    [...saturation(trace, final.trace)].map(([layer, share]) => ({ at, layer: `${layer}`, share })),
  );
  const layers = [...new Set(points.map(({ layer }) => layer))];
  // All lines end at 1: their names stand there in the order that they had before.
  const before = checkpoints.at(-2)!.at;
  const names = points
    .filter(({ at }) => at === before)
    .sort((a, b) => b.share - a.share)
    .map((point, i) => ({ ...point, at: final.at, share: 1 - i / 11 }));
  return frame({
    height: 240,
    marginRight: 90,
    x: { label: 'checkpoint', ticks: 6 },
    y: { label: 'saturation', domain: [0, 1], ticks: 5, grid: true },
    color: colourScale(layers),
    marks: [
      line(points, { x: 'at', y: 'share', z: 'layer', stroke: 'layer', strokeWidth: 2 }),
      dot(points, { x: 'at', y: 'share', fill: 'layer', r: 2.5 }),
      text(names, {
        x: 'at',
        y: 'share',
        text: 'layer',
        textAnchor: 'start',
        dx: 8,
        ...label,
        fill: 'layer',
      }),
    ],
  });
}
