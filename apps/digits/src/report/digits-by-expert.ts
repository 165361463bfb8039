/**
 * Which digits each expert takes: have the experts divided the digits among themselves?
 */

import { cell, text } from '@observablehq/plot';
import { expertColor, expertName, figure } from 'app-frame';
import type { ReportData } from './report-data.ts';
import { isDense, shareMeaning } from './share-meaning.ts';

/** The colour of a cell is never so strong that the number in it cannot be read. */
const STRONGEST = 0.75;

export function digitsByExpert(report: ReportData): string {
  const { experts, expertsPerImage } = report;
  const cells = experts.flatMap(({ shareOfDigit }, expert) =>
    shareOfDigit.map((share, digit) => ({ expert, digit, share })),
  );
  const each = expertsPerImage === 1 ? 'one expert' : `${expertsPerImage} experts`;
  return figure({
    title: 'Which digits each expert takes',
    caption: isDense(report)
      ? `${shareMeaning(report)}. Every image is sent to all experts.`
      : `${shareMeaning(report)}. Every image is sent to ${each}, so each column sums to about ${100 * expertsPerImage}.`,
    options: {
      width: 960,
      height: 70 + 40 * experts.length,
      marginLeft: 80,
      marginTop: 44,
      padding: 0.06,
      x: { type: 'band', axis: 'top', label: 'digit', tickSize: 0, labelAnchor: 'center' },
      y: { type: 'band', label: null, tickFormat: expertName, tickSize: 0 },
      marks: [
        cell(cells, {
          x: 'digit',
          y: 'expert',
          fill: ({ expert }: { expert: number }) => expertColor(expert),
          fillOpacity: ({ share }: { share: number }) => STRONGEST * share,
          stroke: 'var(--rule)',
          strokeWidth: 0.5,
          rx: 3,
        }),
        text(cells, {
          x: 'digit',
          y: 'expert',
          text: ({ share }: { share: number }) => numeral(share),
          fill: 'var(--ink)',
          fontVariant: 'tabular-nums',
        }),
      ],
      // Channels hold final values, not data to be scaled.
      color: { type: 'identity' },
      opacity: { type: 'identity' },
    },
  });
}

function numeral(share: number): string {
  if (share === 0) return '';
  return share < 0.005 ? '<1' : String(Math.round(100 * share));
}
