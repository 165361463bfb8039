import { cell, text } from '@observablehq/plot';
import type { RoutedLayer } from '@tfjs-moe/transformer';
import { expertColor, expertName, figure } from 'app-frame';

/** The colour of a cell is never so strong that the number in it cannot be read. */
const STRONGEST = 0.75;

/** Of the characters of every label, the share that each expert takes. */
export function takes(layer: RoutedLayer, labelling: string): string {
  const { labels, shares, uniform } = layer.by[labelling]!;
  return cells({
    title: `Who takes which ${labelling}: ${layer.layer}`,
    caption:
      `Of the characters of each ${labelling}, the share in per cent that each expert has. Every character has two ` +
      `experts, so a row sums to 200; an even one would say ${Math.round(100 * uniform)} everywhere.`,
    rows: labels.map(String),
    values: shares,
  });
}

/** Of the characters of every expert, the share that each other one has too. */
export function together(layer: RoutedLayer): string {
  return cells({
    title: `Who works with whom: ${layer.layer}`,
    caption: 'Of the characters of the expert to the left, the share in per cent that the other one has too.',
    rows: layer.coActivation.map((_, expert) => expertName(expert)),
    values: layer.coActivation,
  });
}

function cells(of: {
  readonly title: string;
  readonly caption: string;
  readonly rows: readonly string[];
  readonly values: readonly (readonly number[])[];
}): string {
  const all = of.values.flatMap((row, i) =>
    row.map((share, expert) => ({ row: of.rows[i]!, expert, share })),
  );
  return figure({
    title: of.title,
    caption: of.caption,
    options: {
      width: 480,
      height: 60 + 24 * of.rows.length,
      marginLeft: 96,
      marginTop: 40,
      padding: 0.06,
      x: {
        type: 'band',
        axis: 'top',
        label: 'expert',
        tickSize: 0,
        tickFormat: (expert: number) => String(expert + 1),
      },
      y: { type: 'band', label: null, tickSize: 0, domain: [...of.rows] },
      marks: [
        cell(all, {
          x: 'expert',
          y: 'row',
          fill: ({ expert }: { expert: number }) => expertColor(expert),
          fillOpacity: ({ share }: { share: number }) => STRONGEST * Math.min(1, share),
          rx: 2,
        }),
        text(all, {
          x: 'expert',
          y: 'row',
          text: ({ share }: { share: number }) => (share < 0.005 ? '' : String(Math.round(100 * share))),
          fill: 'var(--ink)',
          fontVariant: 'tabular-nums',
        }),
      ],
      color: { type: 'identity' },
      opacity: { type: 'identity' },
    },
  });
}
