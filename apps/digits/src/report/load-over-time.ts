/**
 * The experts' shares of the work while they learn: do all stay in use, or do a few take over?
 */

import { areaY, ruleY, text } from '@observablehq/plot';
import { expertColor, expertName, figure, percent } from 'app-frame';
import { movingAverage } from './moving-average.ts';
import type { ReportData } from './report-data.ts';

/** Points of the history to each side that are averaged: single batches say little. */
const REACH = 3;

export function loadOverTime({ history, experts }: ReportData): string {
  // Averages of shares are shares: they still sum to 1.
  const shares = experts.map((_, expert) =>
    movingAverage(
      history.points.map(({ load }) => load[expert] ?? 0),
      REACH,
    ),
  );
  const layers = experts.map((_, expert) =>
    history.points.map(({ seen }, i) => ({
      seen,
      from: sum(shares.slice(0, expert).map((share) => share[i]!)),
      to: sum(shares.slice(0, expert + 1).map((share) => share[i]!)),
    })),
  );
  const labels = layers.flatMap((layer, expert) => {
    const end = layer.at(-1);
    // A thinner layer has no room for its number.
    return end && end.to - end.from > 0.025 ? [{ ...end, expert, middle: (end.from + end.to) / 2 }] : [];
  });
  return figure({
    title: 'Load of each expert over time',
    caption:
      'Share of the work that each expert did on the training batches, as moving averages, from expert 1 at the bottom to ' +
      `expert ${experts.length} at the top. Even shares would be ${percent(1 / experts.length, 1)} each.`,
    options: {
      width: 960,
      height: 320,
      marginLeft: 60,
      marginRight: 75,
      marginTop: 30,
      marginBottom: 40,
      x: { label: 'training images seen', tickFormat: 's' },
      y: {
        label: 'share of the work',
        domain: [0, 1],
        tickFormat: (share: number) => percent(share, 0),
        ticks: 5,
      },
      marks: [
        ...layers.map((layer, expert) =>
          areaY(layer, {
            x: 'seen',
            y1: 'from',
            y2: 'to',
            fill: expertColor(expert),
            stroke: 'var(--paper)',
            strokeWidth: 0.75,
            curve: 'monotone-x',
          }),
        ),
        ruleY([0], { strokeOpacity: 0.4 }),
        text(labels, {
          x: 'seen',
          y: 'middle',
          text: ({ expert }: { expert: number }) => expertName(expert),
          textAnchor: 'start',
          dx: 6,
        }),
      ],
    },
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
