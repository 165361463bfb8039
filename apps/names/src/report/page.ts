import { dot } from '@observablehq/plot';
import { escapeHtml } from '@tfjs-moe/command-line';
import type { RoutedModel } from '@tfjs-moe/transformer';
import { figure, htmlPage, type Pairs, particulars, table } from 'app-frame';
import type { Contest } from '../contest.ts';
import type { Corpus } from '../corpus.ts';
import { informationHead, informationRows, networkHead, roles } from '../summary.ts';
import { verdict } from '../verdict.ts';
import { takes, together } from './routing-figures.ts';
import { strip } from './strip.ts';

/** Everything that the report says. */
export interface ReportData {
  readonly corpus: Corpus;
  readonly contest: Contest;
  readonly networks: readonly (readonly string[])[];
  readonly routed: RoutedModel;
  readonly samples: readonly (readonly string[])[];
  readonly sizes: { readonly judged: number; readonly length: number };
  readonly interrupted: boolean;
  readonly settings: Pairs;
  readonly versions: Pairs;
  readonly command: string;
}

/** The whole page. */
export function reportPage(data: ReportData): string {
  const { corpus, contest, routed } = data;
  const scripts = new Set(corpus.languages.map(({ script }) => script)).size;
  return htmlPage({
    title: 'Names by a transformer with mixtures of experts',
    lead: [
      `Two character transformers learned names of ${corpus.languages.length} languages in ${scripts} scripts: one whose ` +
        `feed-forward layers are mixtures of ${routed.layers[0]!.experts} experts, of which two see a character, and a ` +
        'dense one of equal active size.',
      ...verdict(contest),
    ],
    notice: data.interrupted
      ? 'Training was interrupted. Only trainings that came to their end are compared; the routing and the samples are of what had been learned by then.'
      : undefined,
    sections: [
      table(networkHead, data.networks),
      `<div class="pair">${bitsFigure(contest)}\n${information(routed)}</div>`,
      ...['language', 'script', 'place in word'].map((labelling) =>
        pair(routed, (layer) => takes(layer, labelling)),
      ),
      pair(routed, together),
      strip(routed, corpus, data.sizes),
      samples(data),
      particulars(data),
    ],
  });
}

function information(routed: RoutedModel): string {
  const most = Math.log2(routed.layers[0]!.experts).toFixed(1);
  return (
    `<section><h2>What the choice of experts says of a character</h2>${table(informationHead(routed), informationRows(routed))}` +
    '<p class="caption">Mutual information of experts and labels on held-out words, in bits, and what it would be by ' +
    `chance with so few characters. The number of an expert holds ${most} bits at most.</p></section>`
  );
}

function pair({ layers }: RoutedModel, draw: (layer: RoutedModel['layers'][number]) => string): string {
  return `<div class="pair">${layers.map(draw).join('\n')}</div>`;
}

function bitsFigure({ finished }: Contest): string {
  if (finished.length === 0) return '';
  return figure({
    title: 'Every training',
    caption:
      'Bits per held-out character, a mean over the languages; lower is better. One dot for each seed.',
    options: {
      width: 480,
      height: 220,
      marginLeft: 56,
      marginBottom: 40,
      x: {
        type: 'band',
        label: null,
        domain: roles.filter((role) => finished.some((each) => each.role === role)),
      },
      y: { label: 'bits per character', grid: true, inset: 12 },
      marks: [dot(finished, { x: 'role', y: 'bits', r: 5, stroke: 'var(--ink)', strokeWidth: 1.5 })],
    },
  });
}

function samples({ corpus, samples }: ReportData): string {
  const rows = corpus.languages.map(
    ({ name }, i) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td style="text-align:left;white-space:normal">${samples[
        i
      ]!.map((word) => `<bdi>${escapeHtml(word)}</bdi>`).join(', ')}</td></tr>`,
  );
  return (
    `<section><h2>Names that it made up</h2><div class="scroll"><table><tbody>${rows.join('\n')}</tbody></table></div>` +
    '<p class="caption">Written after some held-out words of the language; some of these names exist.</p></section>'
  );
}
