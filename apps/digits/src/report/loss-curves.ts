/**
 * The loss of both networks on training batches: is it still falling, and who is ahead?
 */
import { gridY, lineY, text } from '@observablehq/plot';
import { type NetworkName, networkNames } from '../history.ts';
import { type Figure, figure } from './figure.ts';
import { networkStyles } from './network-styles.ts';
import type { ReportData } from './report-data.ts';

export function lossCurves({ history, networks }: ReportData): string {
  const { points } = history;
  const curve = (name: NetworkName) => points.map(({ seen, scores }) => ({ seen, loss: scores[name].loss }));
  const options: Figure['options'] = {
    width: 480,
    height: 290,
    marginRight: 70,
    marginTop: 28,
    marginBottom: 40,
    insetBottom: 12,
    x: { label: 'training images seen', tickFormat: 's', ticks: 4 },
    y: { label: 'cross-entropy', type: 'log', ticks: 4, tickFormat: '~g' },
    marks: [
      gridY({ strokeOpacity: 0.12, ticks: 4 }),
      ...networkNames.map((name) =>
        lineY(curve(name), {
          x: 'seen',
          y: 'loss',
          ...networkStyles[name],
          strokeWidth: 1,
          strokeOpacity: 0.25,
        }),
      ),
      ...networkNames.map((name) =>
        lineY(smoothed(curve(name)), { x: 'seen', y: 'loss', ...networkStyles[name] }),
      ),
      ...endLabels(
        networkNames.map((name) => ({
          name,
          label: networks[name].label,
          point: smoothed(curve(name)).at(-1),
        })),
      ),
    ],
  };
  return figure({
    title: 'Training loss',
    caption:
      'Cross-entropy on the training batches, on a logarithmic axis; the thick lines are moving averages. ' +
      'Balance losses are not included.',
    options,
  });
}

interface CurvePoint {
  readonly seen: number;
  readonly loss: number;
}

/** Points to each side that a moving average takes in. */
const REACH = 4;

/** Moving averages; their windows shrink towards the ends. */
function smoothed(curve: readonly CurvePoint[]): CurvePoint[] {
  return curve.map(({ seen }, i) => {
    const reach = Math.min(REACH, i, curve.length - 1 - i);
    const window = curve.slice(i - reach, i + reach + 1);
    return { seen, loss: window.reduce((sum, { loss }) => sum + loss, 0) / window.length };
  });
}

/** The upper label sits on its curve, the lower one beneath it, so that they never cover each other. */
function endLabels(
  ends: readonly { name: NetworkName; label: string; point: CurvePoint | undefined }[],
): ReturnType<typeof text>[] {
  const drawn = ends.flatMap(({ name, label, point }) => (point ? [{ name, label, ...point }] : []));
  const top = Math.max(...drawn.map(({ loss }) => loss));
  return drawn.map(({ name, label, seen, loss }, i) => {
    const upper = loss === top && drawn.findIndex((end) => end.loss === top) === i;
    return text([{ seen, loss }], {
      x: 'seen',
      y: 'loss',
      text: () => label,
      textAnchor: 'start',
      dx: 6,
      dy: upper ? -5 : 7,
      fill: networkStyles[name].stroke,
      fontWeight: 600,
    });
  });
}
