/**
 * The loss of both networks on training batches: is it still falling, and who is ahead?
 */

import { gridY, lineY, text } from '@observablehq/plot';
import { figure } from 'app-frame';
import { type NetworkName, networkNames } from '../history.ts';
import { movingAverage } from './moving-average.ts';
import { networkStyles } from './network-styles.ts';
import type { ReportData } from './report-data.ts';

/** Points of the history to each side that the thick lines average over. */
const REACH = 10;

interface CurvePoint {
  readonly seen: number;
  readonly loss: number;
}

export function lossCurves({ history: { points } }: ReportData): string {
  const curve = (name: NetworkName): CurvePoint[] =>
    points.map(({ seen, scores }) => ({ seen, loss: scores[name].loss }));
  const channels = { x: 'seen', y: 'loss' };
  return figure({
    title: 'Training loss',
    caption:
      'Cross-entropy on the training batches, on a logarithmic axis; the thick lines are moving averages. ' +
      'Balance losses are not included.',
    options: {
      width: 480,
      height: 290,
      marginTop: 28,
      marginRight: 75,
      marginBottom: 40,
      insetBottom: 12,
      x: { label: 'training images seen', tickFormat: 's', ticks: 4 },
      y: { label: 'cross-entropy', type: 'log', ticks: 4, tickFormat: '~g' },
      marks: [
        gridY({ strokeOpacity: 0.12, ticks: 4 }),
        ...networkNames.map((name) =>
          lineY(curve(name), {
            ...channels,
            stroke: networkStyles[name].stroke,
            strokeWidth: 0.75,
            strokeOpacity: 0.3,
          }),
        ),
        ...networkNames.map((name) => lineY(smoothed(curve(name)), { ...channels, ...networkStyles[name] })),
        ...endLabels(networkNames.map((name) => ({ name, point: smoothed(curve(name)).at(-1) }))),
      ],
    },
  });
}

function smoothed(curve: readonly CurvePoint[]): CurvePoint[] {
  const losses = movingAverage(
    curve.map(({ loss }) => loss),
    REACH,
  );
  return curve.map(({ seen }, i) => ({ seen, loss: losses[i]! }));
}

/** Names at the right edge: the upper one sits above the end of its curve, the lower one below. */
function endLabels(
  ends: readonly { readonly name: NetworkName; readonly point: CurvePoint | undefined }[],
): ReturnType<typeof text>[] {
  const drawn = ends
    .flatMap(({ name, point }) => (point ? [{ name, ...point }] : []))
    .sort((a, b) => b.loss - a.loss);
  return drawn.map((end, i) =>
    text([end], {
      frameAnchor: 'right',
      y: 'loss',
      text: 'name',
      textAnchor: 'start',
      dx: 6,
      dy: i === 0 ? -8 : 8,
      fill: networkStyles[end.name].stroke,
      fontWeight: 600,
    }),
  );
}
