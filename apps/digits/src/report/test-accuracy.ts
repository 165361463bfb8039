/**
 * Test accuracy after each epoch: does more training still help, and whom?
 */

import { dot, gridY, lineY, text } from '@observablehq/plot';
import { figure, percent } from 'app-frame';
import { networkNames } from '../history.ts';
import { networkStyles } from './network-styles.ts';
import type { ReportData } from './report-data.ts';

/** Empty before the end of the first epoch: there is nothing to show. */
export function testAccuracy({ history, networks }: ReportData): string {
  const { epochs } = history;
  if (epochs.length === 0) return '';
  const rows = epochs.flatMap(({ epoch, accuracy }) =>
    networkNames.map((name) => ({
      name,
      epoch,
      accuracy: accuracy[name],
      // The better one is written above its dot, the other one below.
      above: accuracy[name] === Math.max(accuracy.mixture, accuracy.dense) && !isSecond(name, accuracy),
    })),
  );
  return figure({
    title: 'Test accuracy',
    caption: `Share of the test images classified correctly after each epoch: ${networks.mixture.label} (solid) and ${networks.dense.label} (dashed).`,
    options: {
      width: 480,
      height: 290,
      marginLeft: 60,
      marginRight: 30,
      marginTop: 28,
      marginBottom: 40,
      insetLeft: 20,
      insetRight: 20,
      insetTop: 20,
      insetBottom: 20,
      x: { label: 'epoch', type: 'point', domain: epochs.map(({ epoch }) => epoch) },
      y: { label: 'classified correctly', tickFormat: (share: number) => percent(share, 1), ticks: 5 },
      marks: [
        gridY({ strokeOpacity: 0.12, ticks: 5 }),
        ...networkNames.map((name) =>
          lineY(
            rows.filter((row) => row.name === name),
            { x: 'epoch', y: 'accuracy', ...networkStyles[name] },
          ),
        ),
        ...networkNames.map((name) =>
          dot(
            rows.filter((row) => row.name === name),
            { x: 'epoch', y: 'accuracy', fill: networkStyles[name].stroke, r: 4 },
          ),
        ),
        ...[true, false].map((above) =>
          text(
            rows.filter((row) => row.above === above),
            {
              x: 'epoch',
              y: 'accuracy',
              text: ({ accuracy }: { accuracy: number }) => percent(accuracy, 1),
              dy: above ? -13 : 14,
              fill: ({ name }: (typeof rows)[number]) => networkStyles[name].stroke,
              stroke: 'var(--paper)',
              strokeWidth: 4,
              fontSize: 12,
            },
          ),
        ),
      ],
    },
  });
}

/** Where both are equally good, the mixture's number goes above. */
function isSecond(name: string, accuracy: { mixture: number; dense: number }): boolean {
  return accuracy.mixture === accuracy.dense && name === 'dense';
}
