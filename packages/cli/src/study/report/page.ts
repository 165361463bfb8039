/**
 * The report of a study: one HTML file that holds everything it shows and asks the network for nothing.
 */

import { escapeHtml } from '@tfjs-moe/command-line';
import { htmlPage } from '../../report/html-page.ts';
import { htmlTable } from '../../report/html-table.ts';
import type { Results } from '../results.ts';
import { type Figure, figuresOf } from './figures.ts';
import type { Curve } from './summarise.ts';
import { slopeSentence } from './table.ts';

export function reportPage({ header }: Results, curves: readonly Curve[]): string {
  const study = header.config;
  return htmlPage(
    study.title,
    `<h1>${escapeHtml(study.title)}</h1>
${(study.about ?? '')
  .split(/\n{2,}/)
  .filter(Boolean)
  .map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`)
  .join('\n')}
${figuresOf(header.study, curves).map(section).join('\n')}
<footer>
<p>Study ${escapeHtml(header.study)}, configuration ${header.fingerprint}, seed ${study.seed}, ${study.replicates} samples per size.
Bands are quartiles; intervals of slopes are 95 % percentiles of a bootstrap over samples.</p>
</footer>`,
  );
}

function section({ title, curves, svg }: Figure): string {
  return `<section>
<h2>${escapeHtml(title)}</h2>
<figure>${svg}</figure>
<ul>
${curves.map((curve) => `<li><b>${escapeHtml(curve.arm)}</b>: ${escapeHtml(slopeSentence(curve))}</li>`).join('\n')}
</ul>
${table(curves)}
</section>`;
}

function table(curves: readonly Curve[]): string {
  const head = ['arm', 'n', 'median', '25 %', '75 %', 'fits', 'failed', 'not converged'];
  const rows = curves.flatMap(({ arm, points }) =>
    points.map(({ n, median, low, high, fits, failed, unconverged }) => [
      arm,
      n,
      ...[median, low, high].map((value) => value.toPrecision(3)),
      fits,
      failed,
      unconverged,
    ]),
  );
  return htmlTable(head, rows);
}
